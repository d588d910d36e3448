"""New songs grow, keep their melody and end with it; the second voice comes with repeats."""

import numpy as np

from musicregion.composition.palettes import PALETTES
from musicregion.generation.arrangement import VOICES, arrange_tunes
from musicregion.generation.tonality import Tonality
from tests.musicregion.generation.tunes import D_TUNE, quarters, with_upbeat

D_MAJOR = Tonality(2, "major")
TUNE = quarters(*D_TUNE)


def arrange(tunes, beats, seed=1):
    random = np.random.default_rng(seed)
    return arrange_tunes(tunes, D_MAJOR, PALETTES["guitars"], beats, random)


def test_the_melody_is_played_as_it_is_and_ends_with_the_song():
    parts, length = arrange([(TUNE, 4.0)], 64.0)
    assert set(parts) == set(VOICES)
    assert [pitch for _, _, pitch, _ in parts["melody"]] == TUNE[:, 2].tolist() * 4
    assert [start for start, *_ in parts["melody"]] == list(range(64))
    assert length == 64
    for voice in ("melody", "chords", "bass"):
        ends = [start + duration for start, duration, *_ in parts[voice]]
        assert 60 < max(ends) <= 64, voice


def test_sections_become_louder():
    parts, _ = arrange([(TUNE, 4.0)], 64.0)
    for voice in ("melody", "bass", "chords", "drums"):
        levels = [
            np.mean([note[3] for note in parts[voice] if first <= note[0] < first + 16])
            for first in (0, 16, 32, 48)
        ]
        assert levels == sorted(levels), voice
        assert levels[-1] > 1.2 * levels[0]


def test_a_second_voice_comes_now_and_then_and_never_at_first():
    shares = []
    for seed in range(20):
        parts, _ = arrange([(TUNE, 4.0)], 32.0, seed)
        assert all(start >= 16 for start, *_ in parts["second"])
        shares.append(len(parts["second"]) > 0)
    assert 4 < sum(shares) < 16


def test_an_upbeat_is_not_accompanied_and_a_song_begins_with_it():
    parts, _ = arrange([(with_upbeat(TUNE), 4.0)], 33.0)
    assert min(start for start, *_ in parts["melody"]) == 0
    for voice in ("chords", "bass", "drums"):
        assert min(start for start, *_ in parts[voice]) == 1, voice


def test_a_song_may_be_shorter_than_its_tune():
    for beats in (1.0, 3.0, 6.0):
        parts, length = arrange([(TUNE, 4.0)], beats)
        assert length in (4, 8)
        assert parts["melody"][-1][2] == 62  # the tonic
