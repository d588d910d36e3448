"""A song's timeline as SVG paths: its segments as columns, each with its regions stacked."""

from dataclasses import dataclass
from itertools import groupby

import numpy as np

COLUMN, HEIGHT = 10, 100  # of the picture: a segment's width, and a probability of 1


@dataclass(frozen=True)
class Timeline:
    """What the picture of a song's segments shows."""

    width: int
    paths: dict[str, str]  # by region
    text: str  # the most probable region of each stretch
    end: str  # of the song, as minutes and seconds


def format_clock(seconds: float) -> str:
    """Minutes and seconds, such as 3:05."""
    return f"{int(seconds // 60)}:{int(seconds % 60):02}"


def stretches(probabilities: np.ndarray, regions: list[str], window: float) -> str:
    """In words: "America 0:00 to 0:40, Germany 0:40 to 1:00"."""
    texts, first = [], 0
    for label, group in groupby(probabilities.argmax(axis=1)):
        last = first + len(list(group))
        start, end = format_clock(first * window), format_clock(last * window)
        texts.append(f"{regions[label]} {start} to {end}")
        first = last
    return ", ".join(texts)


def draw_timeline(probabilities: np.ndarray, regions: list[str], window: float) -> Timeline:
    """The timeline of a song.

    probabilities: [segment, region]; window: seconds of a segment.
    """
    edges = np.zeros((len(probabilities), len(regions) + 1), int)
    edges[:, 1:] = np.rint(HEIGHT * probabilities.cumsum(axis=1))
    paths = {
        region: "".join(
            f"M{COLUMN * column} {low}h{COLUMN}v{high - low}h-{COLUMN}z"
            for column, (low, high) in enumerate(edges[:, number : number + 2])
            if high > low
        )
        for number, region in enumerate(regions)
    }
    count = len(probabilities)
    text = stretches(probabilities, regions, window)
    return Timeline(COLUMN * count, paths, text, format_clock(count * window))
