"""The form writes whole corpus files that the command line takes, and none that it does not own."""

import pytest
import soundfile
import yaml

from app.page import corpus_form
from app.page.corpus_form import RegionForm
from musicregion.config import corpus
from musicregion.errors import ConfigError
from tests.conftest import RATE, tone

LINK = "https://www.youtube.com/playlist?list=PL: #1"
FORM = [
    RegionForm("Coast", "music/coast\n\n  https://example.org/list  "),
    RegionForm("Hills", LINK),
    RegionForm("No", "music/*.wav", unknown=True),  # a word of YAML with a meaning
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpora").mkdir()
    (tmp_path / "music/coast").mkdir(parents=True)
    for name in ("coast/a.wav", "b.wav"):
        soundfile.write(tmp_path / "music" / name, tone(0.1), RATE)
    return tmp_path


def test_a_new_corpus_is_written_read_and_changed(folder):
    corpus_form.write_corpus("mine", FORM, None)
    regions = corpus.load("mine").regions
    assert regions["Coast"].sources == ["music/coast", "https://example.org/list"]
    assert regions["Hills"].sources == [LINK]
    assert regions["No"].unknown
    assert corpus_form.existing_corpora() == ["mine"]
    text = corpus_form.read_text("mine")
    form = corpus_form.parse_form(text)
    assert [region.name for region in form] == ["Coast", "Hills", "No"]
    corpus_form.write_corpus("mine", form[:2], text)
    assert list(corpus.load("mine").regions) == ["Coast", "Hills"]
    assert [path.name for path in (folder / "corpora").glob("[!.]*")] == ["mine.yaml"]


@pytest.mark.parametrize(
    "text",
    [
        "# sorted by hand\nregions:\n  Coast:\n    sources:\n    - a\n",
        "regions:\n  Coast:\n    sources: [a]\n",
        "regions:\n  Coast:\n    sources:\n    - source: a\n      album: b\n",
        "about: mine\nregions:\n  Coast:\n    sources:\n    - a\n",
        "regions: [",
        "",
        "regions: {Coast: }",
    ],
)
def test_a_file_that_holds_more_than_the_form_is_not_for_it(text):
    assert corpus_form.parse_form(text) is None


def test_a_file_that_was_written_meanwhile_stays(folder):
    path = folder / "corpora/mine.yaml"
    corpus_form.write_corpus("mine", FORM, None)
    written = path.read_text()
    with pytest.raises(ConfigError, match="written elsewhere"):
        corpus_form.write_corpus("mine", FORM[:2], None)
    path.write_text(by_hand := f"# mine\n{written}")
    with pytest.raises(ConfigError, match="written elsewhere"):
        corpus_form.write_corpus("mine", FORM[:2], written)
    assert path.read_text() == by_hand


@pytest.mark.parametrize(
    ("name", "regions", "sentence"),
    [
        ("../mine", FORM, "starts with a letter"),
        ("", FORM, "starts with a letter"),
        ("true", FORM, "word of YAML"),
        ("mine", FORM[:1], "two or more are needed"),
        ("mine", [], "two or more are needed"),
        ("mine", [*FORM, FORM[0]], "Coast is there twice"),
        ("mine", [*FORM, RegionForm("a b", "music")], "a b"),
        ("mine", [*FORM, RegionForm("Sea", " \n")], "Sea.sources"),
        ("mine", [*FORM, RegionForm("Sea", "music/none")], "Sea: music/none: no such folder"),
        ("mine", [*FORM, RegionForm("", "")], "regions"),
    ],
)
def test_a_form_with_a_mistake_leaves_no_file(folder, name, regions, sentence):
    with pytest.raises(ConfigError, match=sentence):
        corpus_form.write_corpus(name, regions, None)
    assert not list(folder.rglob("*.yaml*"))


def test_what_is_written_is_what_is_typed_in_any_language():
    text = corpus_form.corpus_text([RegionForm("Meer", "~/Musik/Küste: 1")])
    assert "Küste" in text
    assert yaml.safe_load(text)["regions"]["Meer"]["sources"] == ["~/Musik/Küste: 1"]
