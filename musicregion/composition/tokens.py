"""Encodes notes as a sequence of tokens, and back.

All pieces are written with the tonic C: which key a piece is in says nothing of how it goes on.
"""

from dataclasses import dataclass

import numpy as np

from musicregion.composition import copied_bars
from musicregion.composition.vocabulary import (
    BARS,
    METERS,
    SPECIAL_TOKENS,
    TEMPOS,
    first_copy_token,
    load_tokenizer,
    music_size,
    token_ids,
)

TICKS = 480  # per quarter beat
MIN_NOTES = 16  # in a piece
PREFIX = 4  # tokens that are given: region, tempo, length, beginning


@dataclass(frozen=True)
class Piece:
    """A tune or passage of a song. notes: [note, (start, length, pitch)], quarter beats and MIDI
    pitches."""

    song: str
    region: str
    notes: np.ndarray
    bar: float  # quarter beats, one of METERS
    tempo: float  # quarter beats a minute
    tonic: int  # pitch class


def key_shift(tonic: int) -> int:
    """Semitones from the key that a piece is encoded in to its own, up or down."""
    return (tonic + 6) % 12 - 6


def prefix_tokens(piece: Piece, regions: list[str]) -> list[int]:
    """The token ids that the sequence of a piece begins with, PREFIX of them."""
    ids = token_ids(regions)
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
        track.notes.append(symusic.Note(*ticks, int(pitch) - key_shift(piece.tonic), 90))
    score.tracks.append(track)
    (encoded,) = load_tokenizer()(score)
    bar, end = (load_tokenizer()[name] for name in ("Bar_None", "EOS_None"))
    bars = copied_bars.abbreviate(encoded.ids, bar, first_copy_token())
    return np.array([*prefix_tokens(piece, regions), *bars, end], "int16")


def write_out(sequence: np.ndarray) -> np.ndarray:
    """The tokens of miditok's own that a sequence stands for, int16 [token], without a prefix."""
    special = [load_tokenizer()[name] for name in SPECIAL_TOKENS]
    ids = sequence[(sequence < music_size()) & ~np.isin(sequence, special)]
    bar = load_tokenizer()["Bar_None"]
    return np.array(copied_bars.write_out(ids.tolist(), bar, first_copy_token()), "int16")


def decode(sequence: np.ndarray) -> tuple[np.ndarray, float]:
    """Notes [note, (start, length, pitch)] of a sequence, with the tonic C, and their bar.

    Both in quarter beats. Tokens that make no sense where they stand are skipped.
    """
    import miditok

    score = load_tokenizer().decode([miditok.TokSequence(ids=write_out(sequence).tolist())])
    beat = score.ticks_per_quarter
    rows = [
        (note.start / beat, note.duration / beat, note.pitch)
        for track in score.tracks
        for note in track.notes
    ]
    meter = score.time_signatures[0] if score.time_signatures else None
    bar = 4 * meter.numerator / meter.denominator if meter else 4.0
    return np.array(sorted(rows), float).reshape(-1, 3), bar
