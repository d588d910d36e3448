"""Decisions about labels in a corpus file: comments stay, and no decision is lost."""

import multiprocessing
from contextlib import chdir
from pathlib import Path
from unittest import mock

import pytest

from musicregion.config import corpus
from musicregion.corpus import label_decisions
from musicregion.corpus.label_decisions import record_decision
from musicregion.errors import ConfigError

REGIONS = """# my music
about: >
  folded over
  two lines
regions:
  Desert:  # by day
    sources: [music/desert]
  'NO':
      sources:
      - music/norway   # two files
"""
DECISIONS = 40  # of each process


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    (tmp_path / "corpora").mkdir()
    monkeypatch.chdir(tmp_path)


def decide(text, *decisions):
    """The corpus file after some decisions."""
    path = Path("corpora/mine.yaml")
    path.write_bytes(text.encode())
    for song, region in decisions:
        record_decision("mine", song, region)
        assert corpus.load("mine").belongs[song] == region
    return path.read_bytes().decode()


def test_the_first_decision_is_added_and_nothing_else_changes():
    text = decide(REGIONS, ("a-1", "NO"), ("https://example.org/b?c=1#d", "Desert"))
    assert text == REGIONS + "belongs:\n  a-1: 'NO'\n  'https://example.org/b?c=1#d': Desert\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("belongs: {}  # none\n", "belongs:\n  a: Desert  # none\n"),
        ("belongs: {b: Desert,\n  c: Desert}\n", "belongs: {b: Desert,\n  c: Desert, a: Desert}\n"),
        (
            "belongs:  # by ear\n    b: Desert   # sure\n\n# the end\n",
            "belongs:  # by ear\n    b: Desert   # sure\n    a: Desert\n\n# the end\n",
        ),
        ("belongs:\n  a: 'NO'  # not sure\n", "belongs:\n  a: Desert  # not sure\n"),
        ("belongs:\r\n  b: Desert\r\n", "belongs:\r\n  b: Desert\r\n  a: Desert\r\n"),
    ],
)
def test_comments_and_order_are_kept_where_decisions_are(before, after):
    assert decide(REGIONS + before, ("a", "Desert")) == REGIONS + after
    assert decide(before + REGIONS, ("a", "Desert")) == after + REGIONS
    unended = before.rstrip("\r\n")
    assert decide(REGIONS + unended, ("a", "Desert")).splitlines() == (REGIONS + after).splitlines()


def test_a_region_that_the_corpus_lacks_is_refused():
    before = decide(REGIONS)
    with pytest.raises(ConfigError, match=r"mine\.yaml: Sea is not a region"):
        record_decision("mine", "a", "Sea")
    assert Path("corpora/mine.yaml").read_text() == before


@pytest.mark.parametrize("text", [f"{REGIONS}...\n", "{regions: {A: &a {sources: [x]}, B: *a}}"])
def test_a_file_that_cannot_be_changed_stays_and_the_line_to_add_is_named(text):
    before = decide(text)
    region = next(iter(corpus.load("mine").regions))
    with pytest.raises(ConfigError, match=rf"`belongs: {{a: {region}}}` by hand"):
        record_decision("mine", "a", region)
    assert Path("corpora/mine.yaml").read_text() == before


def test_a_full_disk_leaves_the_file_as_it_was():
    before = decide(REGIONS)
    with (
        mock.patch.object(Path, "write_bytes", side_effect=OSError(28, "No space left")),
        pytest.raises(OSError, match="No space"),
    ):
        record_decision("mine", "a", "Desert")
    assert Path("corpora/mine.yaml").read_text() == before
    assert [path.name for path in Path("corpora").glob("*")] == [".mine.yaml.lock", "mine.yaml"]


def decide_many(folder, name):
    with chdir(folder):
        for number in range(DECISIONS):
            record_decision("mine", f"{name}-{number}", ("Desert", "NO")[number % 2])


def test_two_processes_that_decide_at_once_lose_nothing(tmp_path):
    decide(REGIONS)
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=decide_many, args=(tmp_path, name)) for name in "ab"]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert len(corpus.load("mine").belongs) == 2 * DECISIONS
    assert Path("corpora/mine.yaml").read_text().startswith(REGIONS)


def test_the_lock_is_no_file_for_git():
    root = Path(label_decisions.__file__).parents[2]
    assert "/corpora/.*.lock" in (root / ".gitignore").read_text().splitlines()
