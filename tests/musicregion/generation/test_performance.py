"""Songs have the length that was ordered; plain ones are those of the rendered corpora."""

from pathlib import Path

import numpy as np
import pytest
import symusic

from musicregion.composition import perform
from musicregion.composition.palettes import PALETTES
from musicregion.generation.order import Order
from musicregion.generation.performance import perform_song
from tests.musicregion.generation.tunes import D_TUNE, quarters

PIECES = [(quarters(*D_TUNE), 4.0)]
PIANO = PALETTES["piano"]


def play(one_voice=True, seconds=41.0, seed=1, **options):
    order = Order(Path("composer"), None, "Low", seconds, 1, **options)
    random = np.random.default_rng(seed)
    return perform_song(PIECES, one_voice, order, PIANO, 96.0, random)


@pytest.mark.parametrize("one_voice", [True, False])
def test_the_song_fills_its_time_at_nearly_its_tempo(one_voice):
    for seconds in (10.0, 23.0, 60.0):
        midi, _, tempo = play(one_voice, seconds)
        score = symusic.Score.from_midi(midi)
        assert score.tempos[0].qpm == pytest.approx(tempo, rel=1e-3)
        assert tempo == pytest.approx(96, rel=0.3 if seconds < 20 else 0.12)
        end = score.to("second").end()
        assert seconds - 3.5 < end <= seconds - 1 + 0.01


def test_the_pieces_are_those_that_sound():
    midi, sounding, _ = play()
    (melody, *_) = symusic.Score.from_midi(midi).tracks
    played = [note.pitch for note in melody.notes][: len(PIECES[0][0])]
    assert played == sounding[0][0][:, 2].tolist()


def test_a_plain_song_is_accompanied_as_the_corpora_are():
    midi, sounding, tempo = play(plain=True)
    random = np.random.default_rng(1)
    assert midi == perform.perform_pieces(PIECES, True, PIANO, 41.0, 96.0, random)
    melody = symusic.Score.from_midi(midi).tracks[0].notes
    assert melody[0].pitch == sounding[0][0][0, 2]
    assert tempo == 96
