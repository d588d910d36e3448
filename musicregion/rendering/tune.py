"""A melody, and the melodies that one rendered song consists of."""

from dataclasses import dataclass

import numpy as np

from musicregion.config.corpus import Palette


@dataclass(frozen=True)
class Tune:
    """A melody."""

    title: str
    notes: np.ndarray  # [note, (start, length, pitch)]: quarter beats, MIDI numbers
    bar: float  # quarter beats
    upbeat: float  # quarter beats before the first bar line


@dataclass(frozen=True)
class Recipe:
    """The tunes of one song of a region, and how they are to be arranged."""

    song: str  # id
    region: str
    number: int  # from 0 within the region
    tunes: tuple[Tune, ...]
    palette: Palette
    tempo: float | None = None  # quarter beats a minute; None: random, by the tunes' note lengths
