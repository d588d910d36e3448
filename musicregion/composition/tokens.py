"""Encodes notes as a sequence of tokens: miditok's REMI after a prefix of region, tempo and length.

REMI: bar, position in the bar, pitch, duration. Y.-S. Huang and Y.-H. Yang, Pop Music Transformer,
2020.
"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import miditok


TICKS = 480  # per quarter beat
GRID = 12  # positions per quarter beat: sixteenths and triplets
LOWEST, HIGHEST = 36, 96  # MIDI pitches that have a token
LONGEST = 8  # quarter beats of a note
METERS = {1.0: (2, 8), 1.5: (3, 8), 2.0: (2, 4), 3.0: (3, 4), 4.0: (4, 4), 4.5: (9, 8)}  # by bar
TEMPOS = (60, 90, 120, 150, 180)  # quarter beats a minute: borders between the tempo tokens
BARS = (5, 9, 17, 25, 33)  # borders between the length tokens
SPECIAL_TOKENS = ("PAD_None", "BOS_None", "EOS_None")  # padding, beginning and end of a sequence
TRANSPOSITIONS = range(-5, 7)  # semitones: every key, once
MIN_NOTES = 16  # in a piece
PREFIX = 4  # tokens before the first note: region, tempo, length, beginning


@dataclass(frozen=True)
class Piece:
    """A tune or passage of a song. notes: [note, (start, length, pitch)], quarter beats and MIDI
    pitches."""

    song: str
    region: str
    notes: np.ndarray
    bar: float  # quarter beats, one of METERS
    tempo: float  # quarter beats a minute


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


def vocabulary(regions: list[str]) -> dict[str, int]:
    """Token ids by name: miditok's tokens, then those that only a prefix holds."""
    names = [f"Region_{region}" for region in regions]
    names += [f"Tempo_{index}" for index in range(len(TEMPOS) + 1)]
    names += [f"Length_{index}" for index in range(len(BARS) + 1)]
    size = len(load_tokenizer())
    return load_tokenizer().vocab | {name: size + index for index, name in enumerate(names)}


def prefix_tokens(piece: Piece, regions: list[str]) -> list[int]:
    """The token ids that the sequence of a piece begins with, PREFIX of them."""
    ids = vocabulary(regions)
    bars = np.ceil((piece.notes[:, 0] + piece.notes[:, 1]).max() / piece.bar)
    tempo, length = np.searchsorted(TEMPOS, piece.tempo), np.searchsorted(BARS, bars, "right")
    names = [f"Region_{piece.region}", f"Tempo_{tempo}", f"Length_{length}", "BOS_None"]
    return [ids[name] for name in names]


def encode(piece: Piece, regions: list[str]) -> np.ndarray:
    """A piece as token ids, int16 [token]; notes whose pitch has no token are left out."""
    import symusic

    score = symusic.Score(TICKS)
    score.time_signatures.append(symusic.TimeSignature(0, *METERS[piece.bar]))
    track = symusic.Track()
    for start, length, pitch in piece.notes:
        ticks = round(start * TICKS), max(1, round(length * TICKS))
        track.notes.append(symusic.Note(*ticks, int(pitch), 90))
    score.tracks.append(track)
    (encoded,) = load_tokenizer()(score)
    return np.array(
        [*prefix_tokens(piece, regions), *encoded.ids, load_tokenizer()["EOS_None"]], "int16"
    )


def lowest_pitch_token() -> int:
    """The id of the lowest pitch; those of higher pitches follow."""
    return load_tokenizer()[f"Pitch_{LOWEST}"]


def is_pitch(sequence: np.ndarray) -> np.ndarray:
    """Which tokens of a sequence are pitches, one for each note; bool [token]."""
    lowest = lowest_pitch_token()
    return (sequence >= lowest) & (sequence <= lowest + HIGHEST - LOWEST)


def transpose(sequence: np.ndarray, semitones: int) -> np.ndarray:
    """The same music in another key; unchanged if a note would leave the range of pitches."""
    moved = np.where(is_pitch(sequence), sequence + semitones, sequence)
    in_range = is_pitch(moved[is_pitch(sequence)]).all()
    return moved.astype("int16") if in_range else sequence


def decode(sequence: np.ndarray) -> tuple[np.ndarray, float]:
    """Notes [note, (start, length, pitch)] of a sequence, and their bar; both in quarter beats.

    Tokens that make no sense where they stand are skipped.
    """
    import miditok

    special = [load_tokenizer()[name] for name in SPECIAL_TOKENS]
    ids = sequence[(sequence < len(load_tokenizer())) & ~np.isin(sequence, special)]
    score = load_tokenizer().decode([miditok.TokSequence(ids=ids.tolist())])
    beat = score.ticks_per_quarter
    rows = [
        (note.start / beat, note.duration / beat, note.pitch)
        for track in score.tracks
        for note in track.notes
    ]
    meter = score.time_signatures[0] if score.time_signatures else None
    bar = 4 * meter.numerator / meter.denominator if meter else 4.0
    return np.array(sorted(rows), float).reshape(-1, 3), bar
