"""Chooses the key and register of a new song."""

import numpy as np

from musicregion.generation.order import Piece
from musicregion.generation.tonality import Tonality, find_tonality

LOWEST_MEAN, HIGHEST_MEAN = 64, 79  # MIDI pitches: range of a melody's mean, as in the corpora
MOST_FLATS, MOST_SHARPS = 2, 3  # of key signatures that are read with ease


def transpose_pieces(
    pieces: list[Piece], one_voice: bool, random: np.random.Generator, tonic: int | None = None
) -> tuple[list[Piece], Tonality]:
    """The pieces in another key, and the key. Melodies come to another register as well.

    one_voice: they are melodies. tonic: pitch class; None: of a random key that is read with ease.
    """
    written = find_tonality([notes for notes, _ in pieces], one_voice)
    keys = [Tonality(pitch_class, written.mode) for pitch_class in range(12)]
    easy = [key for key in keys if -MOST_FLATS <= key.sharps <= MOST_SHARPS]
    drawn = easy[random.integers(len(easy))]  # in any case, so that a tonic changes no later draw
    key = drawn if tonic is None else keys[tonic]
    register = int(random.integers(LOWEST_MEAN, HIGHEST_MEAN))
    shift = (key.tonic - written.tonic + 6) % 12 - 6
    moved = []
    for notes, bar in pieces:
        octaves = round((register - shift - notes[:, 2].mean()) / 12) if one_voice else 0
        moved.append((notes + np.array([0, 0, shift + 12 * octaves]), bar))
    return moved, key
