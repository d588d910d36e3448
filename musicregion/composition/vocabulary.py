"""The tokens that music is written with: miditok's REMI, bars that come again, and a prefix of
region, tempo and length.

REMI: bar, position in the bar, pitch, duration. Y.-S. Huang and Y.-H. Yang, Pop Music Transformer,
2020.
"""

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from musicregion.composition.copied_bars import FARTHEST

if TYPE_CHECKING:
    import miditok

GRID = 12  # positions per quarter beat: sixteenths and triplets
LOWEST, HIGHEST = 36, 96  # MIDI pitches that have a token
LONGEST = 8  # quarter beats of a note
METERS = {1.0: (2, 8), 1.5: (3, 8), 2.0: (2, 4), 3.0: (3, 4), 4.0: (4, 4), 4.5: (9, 8)}  # by bar
TEMPOS = (60, 90, 120, 150, 180)  # quarter beats a minute: borders between the tempo tokens
BARS = (5, 9, 17, 25, 33)  # borders between the length tokens
SPECIAL_TOKENS = ("PAD_None", "BOS_None", "EOS_None")  # padding, beginning and end of a sequence
# of this encoding and of a composer's files: 1 had no copied bars, and pieces in all keys; 2 had
# weights for NumPy in place of the decoder's graph
VERSION = 3


@cache
def load_tokenizer() -> "miditok.REMI":
    """The tokenizer; miditok is imported on the first call."""
    import miditok

    meters: dict[int, list[int]] = {}
    for numerator, denominator in METERS.values():
        meters.setdefault(denominator, []).append(numerator)
    return miditok.REMI(
        miditok.TokenizerConfig(
            pitch_range=(LOWEST, HIGHEST + 1),
            beat_res={(0, LONGEST): GRID},
            use_velocities=False,
            use_time_signatures=True,
            time_signature_range=meters,
            special_tokens=["PAD", "BOS", "EOS"],
        )
    )


def token_ids(regions: list[str]) -> dict[str, int]:
    """Token ids by name: miditok's tokens, ours, then those that only a prefix holds."""
    names = [f"Copy_{lag}" for lag in range(1, FARTHEST + 1)]
    names += [f"Region_{region}" for region in regions]
    names += [f"Tempo_{index}" for index in range(len(TEMPOS) + 1)]
    names += [f"Length_{index}" for index in range(len(BARS) + 1)]
    size = len(load_tokenizer())
    return load_tokenizer().vocab | {name: size + index for index, name in enumerate(names)}


def first_copy_token() -> int:
    """The id of the copy of the bar before; those of bars farther back follow."""
    return len(load_tokenizer())


def music_size() -> int:
    """The number of tokens that are not in a prefix alone."""
    return first_copy_token() + FARTHEST


def lowest_pitch_token() -> int:
    """The id of the lowest pitch; those of higher pitches follow."""
    return load_tokenizer()[f"Pitch_{LOWEST}"]


def is_pitch(sequence: np.ndarray) -> np.ndarray:
    """Which tokens of a sequence are pitches, one for each note; bool [token]."""
    lowest = lowest_pitch_token()
    return (sequence >= lowest) & (sequence <= lowest + HIGHEST - LOWEST)
