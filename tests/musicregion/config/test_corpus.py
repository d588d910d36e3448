from pathlib import Path

import pytest
import yaml

from musicregion.config import corpus
from musicregion.errors import ConfigError
from tests.conftest import REPOSITORY

WEIGHTS = ("melody: {Flute: 1}", "chords: {Koto: 1}", "bass: {Cello: 1}", "figure: {drone: 1}")
PALETTE = "{" + ", ".join((*WEIGHTS, "drums: {none: 1}")) + "}"
PLAIN = "{sources: [{folk: [x], share: 1}]}"
WITH_PALETTE = f"{{sources: [{{folk: [x], share: 1, palette: {PALETTE}}}]}}"


@pytest.mark.parametrize(
    "path", sorted((REPOSITORY / "corpora").glob("*.yaml")), ids=lambda path: path.stem
)
def test_every_corpus_in_the_repository_is_valid(path):
    assert len(corpus.load(path.stem).regions) >= 2


def test_genshin_has_nine_regions_and_one_unknown_list():
    regions = corpus.load("genshin").regions
    assert [name for name, region in regions.items() if region.unknown] == ["Other"]
    assert len(regions) == 10
    links = [source for region in regions.values() for source in region.sources]
    assert len(set(links)) == 10
    assert all(link.startswith("https://www.youtube.com/playlist?list=PLP2Zo4n") for link in links)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("regions: {A: {sources: [x]}}", "two or more"),
        ("regions: {A: {sources: [x]}, a: {sources: [y]}}", "upper and lower case"),
        ("regions: {A: {sources: []}, B: {sources: [y]}}", r"regions\.A\.sources"),
        ("regions: {'../A': {sources: [x]}, B: {sources: [y]}}", r"\.\./A"),
        ("regions: [", "not valid YAML"),
        (f"regions: {{A: {PLAIN}, B: {PLAIN}}}", "no palette for A, B, and no palettes"),
        (
            f"palettes: {{all: {PALETTE}}}\nregions: {{A: {PLAIN}, B: {WITH_PALETTE}}}",
            "palettes: B cannot have a palette as well",
        ),
    ],
)
def test_a_mistake_is_named(tmp_path, monkeypatch, text, words):
    monkeypatch.chdir(tmp_path)
    Path("corpora").mkdir()
    Path("corpora/mine.yaml").write_text(text)
    with pytest.raises(ConfigError, match=words):
        corpus.load("mine")


def test_terms_of_the_tunes_are_named():
    text = Path("corpora/folk.yaml").read_text()
    assert "non-commercial" in text
    assert all(region["licence"] for region in yaml.safe_load(text)["regions"].values())
