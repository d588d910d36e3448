"""Too few sources are noticed before any work, with the numbers."""

from pathlib import Path

import pytest

from benchmarks.varied_songs import COPIED, TRANSPOSITIONS, require_excerpts
from musicregion.errors import InputError


def test_as_many_excerpts_as_songs_that_are_no_copies():
    durations = {Path("a.flac"): 300.0, Path("b.flac"): 100.0}
    excerpts = require_excerpts(durations, COPIED)
    assert len(set(excerpts)) == COPIED - 1
    assert {excerpt.source for excerpt in excerpts} == set(durations)


def test_too_few_sources_are_a_sentence():
    durations = {Path("a.flac"): 20.0}
    with pytest.raises(InputError, match=f"{len(TRANSPOSITIONS)} excerpts, not for 6"):
        require_excerpts(durations, 6)
