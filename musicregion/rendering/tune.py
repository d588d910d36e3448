"""A melody, and what one song of a region is made from."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Tune:
    """A melody. notes: [note, (start, length, pitch)] in quarter beats and MIDI numbers."""

    title: str
    notes: np.ndarray
    bar: float  # quarter beats
    upbeat: float  # quarter beats before the first bar line


@dataclass(frozen=True)
class Recipe:
    """What one song of a region is made from."""

    song: str
    region: str
    number: int  # from 0 within the region
    tunes: tuple[Tune, ...]
