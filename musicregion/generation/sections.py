"""Plans a song of pieces: which is played when, so that the song ends with a piece's last bar."""

from dataclasses import dataclass

import numpy as np

from musicregion.generation.harmony import bar_count, upbeat_bars

TURNS = 2  # playings of a piece, until the next one follows
GROUP = 2  # bars: a shortened playing has a multiple of them


@dataclass(frozen=True)
class Shape:
    """How a piece fills its bars, in quarter beats.

    bars: number of them. upbeat: 1 if the first is but an upbeat, else 0. begins: of its first
    note, in the first bar; ends: of its last note, in the last bar.
    """

    bars: int
    bar: float
    upbeat: int
    begins: float
    ends: float


@dataclass(frozen=True)
class Section:
    """One playing of a piece.

    start: quarter beats at which the piece's first bar would begin. first: bar that is played
    first. again: the piece has been played before.
    """

    piece: int
    start: float
    first: int
    again: bool


def measure_shape(notes: np.ndarray, bar: float) -> Shape:
    """The shape of notes [note, (start, length, pitch)]. bar: quarter beats."""
    bars, upbeat = bar_count(notes, bar), upbeat_bars(notes, bar)
    end = float((notes[:, 0] + notes[:, 1]).max())
    return Shape(bars, bar, upbeat, float(notes[:, 0].min()), end - (bars - 1) * bar)


def plan_sections(shapes: list[Shape], beats: float) -> tuple[list[Section], float]:
    """The playings that fill about `beats` quarter beats, and how many they fill.

    Every piece is played TURNS times, and after the last the first follows again. Of the last
    playing there may be only the last bars. An upbeat is played in the bar before, where that has
    room.
    """
    sections: list[Section] = []
    opening = shapes[0]
    now = (opening.bar - opening.begins) * opening.upbeat  # where the next bar line is
    room = opening.bar  # quarter beats without notes before it
    while True:
        count = len(sections)
        piece = count // TURNS % len(shapes)
        again = count % TURNS > 0 or count >= TURNS * len(shapes)
        shape = shapes[piece]
        overlaps = shape.upbeat and shape.bar - shape.begins <= room
        start = now - shape.bar if overlaps else now
        end = start + shape.bars * shape.bar
        if end > beats + GROUP / 2 * shape.bar:
            break
        sections.append(Section(piece, start, 0, again))
        now, room = end, shape.bar - shape.ends
    if not sections:
        now = 0.0
    left = GROUP * round((beats - now) / (GROUP * shape.bar))
    left = min(max(left, 0 if sections else 1), shape.bars - shape.upbeat)
    if left:
        first = shape.bars - left
        sections.append(Section(piece, now - first * shape.bar, first, again))
    return sections, now + left * shape.bar
