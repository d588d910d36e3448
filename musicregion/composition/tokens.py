"""Encodes notes as a sequence of tokens, and back."""

from dataclasses import dataclass

import numpy as np

from musicregion.composition import copied_bars
from musicregion.composition.vocabulary import (
    BARS,
    METERS,
    SPECIAL_TOKENS,
    TEMPOS,
    first_copy_token,
    first_final_token,
    is_pitch,
    load_tokenizer,
    token_ids,
)

TICKS = 480  # per quarter beat
TRANSPOSITIONS = range(-5, 7)  # semitones: every key, once
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


def prefix_tokens(piece: Piece, regions: list[str]) -> list[int]:
    """The token ids that the sequence of a piece begins with, PREFIX of them."""
    ids = token_ids(regions)
    bars = np.ceil((piece.notes[:, 0] + piece.notes[:, 1]).max() / piece.bar)
    tempo, length = np.searchsorted(TEMPOS, piece.tempo), np.searchsorted(BARS, bars, "right")
    names = [f"Region_{piece.region}", f"Tempo_{tempo}", f"Length_{length}", "BOS_None"]
    return [ids[name] for name in names]


def encode(piece: Piece, regions: list[str]) -> np.ndarray:
    """A piece as token ids, int16 [token]; notes whose pitch has no token are left out.

    The last of the notes that start last, by pitch, counts as the last note.
    """
    import symusic

    score = symusic.Score(TICKS)
    score.time_signatures.append(symusic.TimeSignature(0, *METERS[piece.bar]))
    track = symusic.Track()
    for start, length, pitch in piece.notes:
        ticks = round(start * TICKS), max(1, round(length * TICKS))
        track.notes.append(symusic.Note(*ticks, int(pitch), 90))
    score.tracks.append(track)
    (encoded,) = load_tokenizer()(score)
    bar, end = (load_tokenizer()[name] for name in ("Bar_None", "EOS_None"))
    bars = copied_bars.abbreviate(encoded.ids, bar, first_copy_token())
    last = max(piece.notes.tolist(), key=lambda note: (note[0], note[2]))
    final = first_final_token() + int(last[2]) % 12
    return np.array([*prefix_tokens(piece, regions), final, *bars, end], "int16")


def transpose(sequence: np.ndarray, semitones: int) -> np.ndarray:
    """The same music in another key; unchanged if a note would leave the range of pitches."""
    moved = np.where(is_pitch(sequence), sequence + semitones, sequence)
    if not is_pitch(moved[is_pitch(sequence)]).all():
        return sequence
    pitch_class = sequence - first_final_token()
    is_final = (pitch_class >= 0) & (pitch_class < 12)
    moved[is_final] = first_final_token() + (pitch_class[is_final] + semitones) % 12
    return moved.astype("int16")


def write_out(sequence: np.ndarray) -> np.ndarray:
    """The tokens of miditok's own that a sequence stands for, int16 [token], without a prefix."""
    special = [load_tokenizer()[name] for name in SPECIAL_TOKENS]
    ids = sequence[(sequence < first_final_token()) & ~np.isin(sequence, special)]
    bar = load_tokenizer()["Bar_None"]
    return np.array(copied_bars.write_out(ids.tolist(), bar, first_copy_token()), "int16")


def decode(sequence: np.ndarray) -> tuple[np.ndarray, float]:
    """Notes [note, (start, length, pitch)] of a sequence, and their bar; both in quarter beats.

    Tokens that make no sense where they stand are skipped.
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
