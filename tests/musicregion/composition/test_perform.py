"""Pieces become songs of the wanted length, in several parts, the same from the same seed."""

import numpy as np
import pytest
import symusic

from musicregion.composition import perform
from musicregion.composition.palettes import PALETTES
from musicregion.config import corpus
from musicregion.rendering import synthesis

TUNE = np.array([[0.5 * step, 0.5, 60 + step % 8] for step in range(32)], float)
CHORDS = np.array([[step, 1, pitch] for step in range(16) for pitch in (40, 60, 64, 67)], float)


@pytest.mark.parametrize(("notes", "one_voice"), [(TUNE, True), (CHORDS, False)])
def test_a_song_has_the_wanted_length(notes, one_voice):
    random = np.random.default_rng(1)
    midi = perform.perform_pieces([(notes, 4.0)], one_voice, PALETTES["piano"], 12, 100, random)
    score = symusic.Score.from_midi(midi).to("second")
    assert 10 < score.end() <= 11.01  # a second is left for the sound to fade
    assert symusic.Score.from_midi(midi).tempos[0].qpm == pytest.approx(100, abs=0.01)
    wave = perform.play_midi(midi, 12, random)
    assert len(wave) == 12 * synthesis.SAMPLE_RATE
    assert np.abs(wave).max() > 0.02


def test_voices_are_divided_into_parts_without_losing_a_note():
    parts = perform.split_voices(CHORDS)
    assert {pitch for _, _, pitch, _ in parts["melody"]} == {67}
    assert {pitch for _, _, pitch, _ in parts["bass"]} == {40}
    assert sum(map(len, parts.values())) == len(CHORDS)


def test_pieces_are_played_twice_in_turn():
    low, high = CHORDS, CHORDS + np.array([0, 0, 12])
    parts = perform.lay_out_pieces([(low, 4.0), (high, 4.0)], 64, "none")
    tops = [pitch for _, _, pitch, _ in sorted(parts["melody"])]
    assert tops == [67] * 32 + [79] * 32


def test_the_same_seed_is_the_same_song():
    def make(seed):
        random = np.random.default_rng(seed)
        return perform.perform_pieces([(TUNE, 4.0)], True, PALETTES["rock"], 8, 120, random)

    assert make(1) == make(1)
    assert make(1) != make(2)


def test_every_palette_can_be_played():
    for palette in PALETTES.values():
        midi = perform.perform_pieces(
            [(TUNE, 4.0)], True, palette, 6, 120, np.random.default_rng(0)
        )
        assert len(symusic.Score.from_midi(midi).tracks) >= 3


def without_sound(soundfont):
    """The same instruments with silent samples."""
    start = soundfont.index(b"smpl") + 8
    size = int.from_bytes(soundfont[start - 4 : start], "little")
    return soundfont[:start] + bytes(size) + soundfont[start + size :]


def test_a_soundfont_decides_the_sound():
    palette = corpus.load("folk").own_palettes()["Ireland"]
    random = np.random.default_rng(0)
    midi = perform.perform_pieces([(TUNE, 4.0)], True, palette, 6, 120, random)
    default = synthesis.load_soundfont()

    def play(soundfont):
        return perform.play_midi(midi, 6, np.random.default_rng(0), soundfont)

    np.testing.assert_array_equal(play(default), play(None))
    assert np.abs(play(default)).max() > 0.02
    assert np.abs(play(without_sound(default))).max() < 1e-6
