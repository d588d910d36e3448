"""Chords move little, the bass leads to the next bar, and the last bar is held."""

from itertools import pairwise

import pytest

from musicregion.errors import ConfigError
from musicregion.generation.accompaniment import (
    HIGHEST,
    LOWEST,
    accompany,
    drone_voices,
    play_figure,
    voice_chord,
)
from musicregion.generation.harmony import Chord
from musicregion.generation.tonality import Tonality
from musicregion.rendering.arrange import FIGURES

D_MAJOR = Tonality(2, "major")
TONIC, SUBDOMINANT, DOMINANT = Chord(0, 2, 4), Chord(3, 7, 4), Chord(4, 9, 4)
CHORDS = [TONIC, SUBDOMINANT, DOMINANT, TONIC]


def test_voices_stay_or_move_a_step():
    voices = [voice_chord(TONIC, [])]
    for chord in CHORDS[1:]:
        voices.append(voice_chord(chord, voices[-1]))
    assert voice_chord(TONIC, [57, 61, 64]) == [57, 62, 66]
    assert voice_chord(TONIC, [63, 67, 70]) == [62, 66, 69]
    for chord, pitches in zip(CHORDS, voices, strict=True):
        assert {pitch % 12 for pitch in pitches} == set(chord.pitch_classes)
    for before, after in pairwise(voices):
        assert max(abs(a - b) for a, b in zip(before, after, strict=True)) <= 3


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("bar", [1.0, 1.5, 2.0, 3.0, 4.0, 4.5])
def test_every_figure_stays_within_its_bar_and_every_bass_moves_in_its_register(figure, bar):
    upper, bass = accompany(figure, CHORDS, bar, D_MAJOR, ends=True)
    for start, length, _, _ in (*upper, *bass):
        assert start % bar + length <= bar + 0.5
        assert length > 0
    assert max(start for start, *_ in upper) >= 3 * bar
    pitches = [pitch for _, _, pitch, _ in bass]
    assert all(LOWEST - 3 <= pitch <= HIGHEST + 5 for pitch in pitches)
    roots = [next(pitch for start, _, pitch, _ in bass if start == bar * n) for n in range(4)]
    assert [root % 12 for root in roots] == [chord.root for chord in CHORDS]
    if bar >= 1.5:
        lasts = [[p for start, _, p, _ in bass if start < bar * n][-1] for n in (1, 2, 3)]
        for last, root in zip(lasts, roots[1:], strict=True):
            assert 1 <= abs(last - root) <= 2  # a step


def test_the_last_bar_is_held():
    upper, bass = accompany("pulse", CHORDS, 4.0, D_MAJOR, ends=True)
    assert {note[:2] for note in (*upper, *bass) if note[0] >= 12} == {(12, 4)}
    upper, _ = accompany("pulse", CHORDS, 4.0, D_MAJOR, ends=False)
    assert len([note for note in upper if note[0] >= 12]) == 8


def test_a_drone_leaves_the_tonic_at_dominants_only():
    classes = [[pitch % 12 for pitch in drone_voices(chord, D_MAJOR)] for chord in CHORDS]
    assert classes == [[2, 9], [2, 9], [9, 4], [2, 9]]


def test_an_unknown_figure_is_an_error():
    with pytest.raises(ConfigError, match="'polka' is not one of drone"):
        play_figure("polka", [60, 64, 67], 4.0)
