"""Brings a melody to the positions that a score writes: sixteenths or triplets, and a meter."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from musicregion.composition.novelty import skyline
from musicregion.composition.vocabulary import METERS

Written = tuple[Fraction, Fraction, int]  # start, end (quarter beats), pitch
DIVISIONS = 4, 3  # of a quarter beat
SHORT_REST = 0.25  # quarter beats; no longer a rest after a note is part of it


def quantise(notes: np.ndarray) -> list[Written]:
    """A melody, one note at a time, each beat in sixteenths or in triplets.

    notes: [note, (start, length, pitch)], quarter beats and MIDI pitches; of several voices the
    highest counts.
    """
    melody = skyline(notes)
    beats = np.floor(melody[:, 0])
    divisions = {}
    for beat in np.unique(beats):
        starts = melody[beats == beat, 0]
        errors = [np.abs(starts * count - np.round(starts * count)).sum() for count in DIVISIONS]
        divisions[beat] = DIVISIONS[int(np.argmin(errors))]

    def nearest(position: float) -> Fraction:
        count = divisions.get(np.floor(position), DIVISIONS[0])
        return Fraction(round(position * count), count)

    starts = [nearest(start) for start in melody[:, 0]]
    ends = [nearest(end) for end in melody[:, 0] + melody[:, 1]]
    final = max(ends[-1], starts[-1] + Fraction(1, DIVISIONS[0]))
    written = []
    for start, end, after, pitch in zip(
        starts, ends, [*starts[1:], final], melody[:, 2], strict=True
    ):
        last = after if after - end <= SHORT_REST else end
        if last > start:
            written.append((start, last, int(pitch)))
    return written


def choose_meter(written: list[Written], bar: float) -> tuple[int, int]:
    """Numerator and denominator of a bar of so many quarter beats.

    Three quarters are 3/4 if more notes are held over the middle of the bar than over its second or
    third quarter alone, else 6/8.
    """
    if bar != 3.0:
        return METERS[bar]
    bars = [(start % 3, start % 3 + end - start) for start, end, _ in written]
    middle = [start < Fraction(3, 2) < end for start, end in bars]
    quarters = [start < 1 < end or start < 2 < end for start, end in bars]
    alone = sum(held and not over for held, over in zip(quarters, middle, strict=True))
    return (3, 4) if sum(middle) > alone else (6, 8)


def split_at_edges(written: list[Written], bar: Fraction) -> Iterator[tuple[Written, bool]]:
    """The parts of notes that are tied together, and whether a part is tied to the next one.

    Notes are split at bar lines, and those that begin or end within triplets at beats.
    """
    for start, end, pitch in written:
        triplet = 3 in (start.denominator, end.denominator)
        while start < end:
            edges = [end, (start // bar + 1) * bar]
            if triplet:
                edges.append(start // 1 + Fraction(1))
            edge = min(edges)
            yield (start, edge, pitch), edge < end
            start = edge
