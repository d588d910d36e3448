"""Notes as a line of tokens: miditok's REMI, with region, tempo and length in front.

Y.-S. Huang and Y.-H. Yang, Pop Music Transformer, 2020: bar, position in the bar, pitch, length.
"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import miditok


TICKS = 480  # of a quarter beat
GRID = 12  # positions of a quarter beat: sixteenths and triplets
LOWEST, HIGHEST = 36, 96  # MIDI numbers that have tokens
LONGEST = 8  # quarter beats of a note
METERS = {1.0: (2, 8), 1.5: (3, 8), 2.0: (2, 4), 3.0: (3, 4), 4.0: (4, 4), 4.5: (9, 8)}  # by bar
TEMPOS = (60, 90, 120, 150, 180)  # quarter beats a minute: borders between the tokens of tempo
BARS = (5, 9, 17, 25, 33)  # borders between the tokens of length
MARKS = ("PAD_None", "BOS_None", "EOS_None")  # of padding, the beginning and the end
SHIFTS = range(-5, 7)  # semitones: every key, once
FEWEST = 16  # notes of a piece
FRONT = 4  # tokens before the first note: region, tempo, length, beginning


@dataclass(frozen=True)
class Piece:
    """Notes that a song has. notes: [note, (start, length, pitch)], quarter beats, MIDI numbers."""

    song: str
    region: str
    notes: np.ndarray
    bar: float  # quarter beats, one of METERS
    tempo: float  # quarter beats a minute


@cache
def load_tokenizer() -> "miditok.REMI":
    import miditok

    meters: dict[int, list[int]] = {}
    for above, below in METERS.values():
        meters.setdefault(below, []).append(above)
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
    """Every token by name: miditok's, then those of conditions."""
    names = [f"Region_{region}" for region in regions]
    names += [f"Tempo_{place}" for place in range(len(TEMPOS) + 1)]
    names += [f"Length_{place}" for place in range(len(BARS) + 1)]
    known = len(load_tokenizer())
    return load_tokenizer().vocab | {name: known + place for place, name in enumerate(names)}


def front_tokens(piece: Piece, regions: list[str]) -> list[int]:
    """What the line of a piece begins with."""
    known = vocabulary(regions)
    bars = np.ceil((piece.notes[:, 0] + piece.notes[:, 1]).max() / piece.bar)
    tempo, length = np.searchsorted(TEMPOS, piece.tempo), np.searchsorted(BARS, bars, "right")
    names = [f"Region_{piece.region}", f"Tempo_{tempo}", f"Length_{length}", "BOS_None"]
    return [known[name] for name in names]


def encode(piece: Piece, regions: list[str]) -> np.ndarray:
    """A piece as token ids, int16 [token]; notes without a token of pitch are left out."""
    import symusic

    score = symusic.Score(TICKS)
    score.time_signatures.append(symusic.TimeSignature(0, *METERS[piece.bar]))
    track = symusic.Track()
    for start, length, pitch in piece.notes:
        ticks = round(start * TICKS), max(1, round(length * TICKS))
        track.notes.append(symusic.Note(*ticks, int(pitch), 90))
    score.tracks.append(track)
    (line,) = load_tokenizer()(score)
    return np.array(
        [*front_tokens(piece, regions), *line.ids, load_tokenizer()["EOS_None"]], "int16"
    )


def first_pitch() -> int:
    """The token of the lowest pitch; the others follow."""
    return load_tokenizer()[f"Pitch_{LOWEST}"]


def is_pitch(line: np.ndarray) -> np.ndarray:
    """Which tokens of a line are pitches, one for each note; bool [token]."""
    return (line >= first_pitch()) & (line <= first_pitch() + HIGHEST - LOWEST)


def transpose(line: np.ndarray, semitones: int) -> np.ndarray:
    """The same music in another key; in its own where a note would fall off the range."""
    moved = np.where(is_pitch(line), line + semitones, line)
    inside = is_pitch(moved[is_pitch(line)]).all()
    return moved.astype("int16") if inside else line


def decode(line: np.ndarray) -> tuple[np.ndarray, float]:
    """Notes [note, (start, length, pitch)] of a line, and their bar; quarter beats.

    Tokens that make no sense where they stand are passed over.
    """
    import miditok

    marks = [load_tokenizer()[name] for name in MARKS]
    kept = line[(line < len(load_tokenizer())) & ~np.isin(line, marks)]
    score = load_tokenizer().decode([miditok.TokSequence(ids=kept.tolist())])
    beat = score.ticks_per_quarter
    rows = [
        (note.start / beat, note.duration / beat, note.pitch)
        for track in score.tracks
        for note in track.notes
    ]
    meter = score.time_signatures[0] if score.time_signatures else None
    bar = 4 * meter.numerator / meter.denominator if meter else 4.0
    return np.array(sorted(rows), float).reshape(-1, 3), bar
