"""Songs like others take the likeliest region that songs can be made for."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from musicregion.composition.palettes import PALETTES
from musicregion.errors import ConfigError, ModelError
from musicregion.generation import candidate, like_song
from musicregion.generation.choose_palette import choose_palette
from musicregion.generation.order import Likeness, Order
from musicregion.generation.tonality import Tonality
from tests.musicregion.generation.tunes import D_TUNE, quarters

LIKE = Likeness("song.mp3", 70.0, Tonality(9, "minor"), ("brass", PALETTES["brass"]))
MAJOR = quarters(*D_TUNE)
MINOR = quarters(*[[pitch - (pitch % 12 in (6, 1)) for pitch in bar] for bar in D_TUNE])


def test_the_likeliest_region_that_songs_can_be_made_for():
    prediction = SimpleNamespace(probabilities={"Coast": 0.6, "Hills": 0.3, "Plains": 0.1})
    assert like_song.choose_region(prediction, ["Plains", "Hills"]) == "Hills"
    with pytest.raises(ModelError, match="name a region with --region"):
        like_song.choose_region(prediction, ["Desert"])


def test_a_file_that_is_no_audio_is_a_sentence(tmp_path, trained):
    (tmp_path / "song.mp3").write_bytes(b"garbage" * 99)
    with pytest.raises(ConfigError, match=r"--like .*song.mp3: not readable"):
        like_song.classify(tmp_path / "song.mp3", trained)
    with pytest.raises(ConfigError, match=r"--like .*song.mp3: not readable"):
        like_song.listen_to(tmp_path / "song.mp3", "folk")
    with pytest.raises(ConfigError, match="needs a model"):
        like_song.classify(tmp_path / "song.mp3", None)


def test_palettes_of_the_corpus_are_among_those_to_choose_from():
    palettes = like_song.all_palettes("folk")
    assert palettes["brass"] == PALETTES["brass"]
    assert "those of Ireland" in palettes
    assert set(like_song.all_palettes("none")) == set(PALETTES)


def test_the_palette_that_was_heard_is_taken(tmp_path):
    order = Order(tmp_path, None, "Ireland", 60.0, 1)
    assert choose_palette(replace(order, like=LIKE), "folk") == LIKE.palette
    assert choose_palette(order, "folk")[0] == "the region's own"


class Writer:
    """In place of a composer: writes these tunes in turn, at 150 quarter beats a minute."""

    one_voice = True

    def __init__(self, *tunes):
        self.tunes = list(tunes)

    def compose_pieces(self, region, random, letters):
        return [(self.tunes.pop(0), 4.0)], 150.0


def test_tunes_are_composed_until_one_is_in_the_mode_and_tempo_is_doubled_if_nearer(tmp_path):
    order, random = Order(tmp_path, None, "Ireland", 60.0, 1), np.random.default_rng(1)
    pieces, tempo = candidate.compose_ordered(Writer(MAJOR), order, random)
    assert (pieces[0][0] is MAJOR, tempo) == (True, 150)
    like = replace(order, like=LIKE)
    pieces, tempo = candidate.compose_ordered(Writer(MAJOR, MAJOR, MINOR, MAJOR), like, random)
    assert (pieces[0][0] is MINOR, tempo) == (True, 140)
    tunes = [MAJOR] * candidate.COMPOSITIONS
    pieces, _ = candidate.compose_ordered(Writer(*tunes), like, random)  # there are none in minor
    assert pieces[0][0] is MAJOR
