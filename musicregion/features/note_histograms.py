"""Counts what a melody does in each segment: scale degrees, intervals, note lengths, patterns.

Nothing depends on key, register, tempo or loudness: pitches are counted from the tonic or from the
note before, lengths in units of the song's median.
"""

import numpy as np

from musicregion.features.tonic import step_of

WIDEST = 12  # semitones of an interval; wider ones count as this
NARROW = 5  # the same where two intervals follow each other
STEP_OF_INTERVAL = np.array([0] * 8 + [1, 1, 2, 2, 3, 4, 4, 5, 5] + [6] * 8)  # of -12 to 12
PAUSE = 6  # median lengths; an interval over a longer pause is none
HALVES = 2.0 ** (np.arange(-5, 5) / 2 + 0.25)  # edges between lengths, ratios of half an octave
TERNARY = 2.0 ** np.array([-0.5, 0.5])  # edges: shorter, equal, longer
REGISTER = 15  # semitones around the song's median
LAGS = np.arange(1, 33)  # halves of the median length, of autocorrelation
RESOLUTION = 8  # steps of autocorrelation in a median length
AUTOCORRELATIONS = "melody autocorrelation", "onset autocorrelation"
FEWEST = 6  # notes of a melody; fewer are no melody


def median_length(melody: np.ndarray) -> float:
    """Median distance of the starts of successive notes, frames."""
    return float(np.median(np.diff(melody[:, 0])))


def count_patterns(
    notes: np.ndarray, melody: np.ndarray, tonics: np.ndarray, frame: float, starts: np.ndarray
) -> dict[str, np.ndarray]:
    """Counts of every group, float64 [segment, cell], all 0 without a melody.

    notes, melody: int [note, (start, end, pitch)]. tonics: as estimate_tonics returns them.
    frame: seconds. starts: the first frame of each segment. A pattern is in the segment in which
    its last note starts.
    """
    counts = {name: np.zeros((len(starts), *shape)) for name, shape in SHAPES.items()}

    def segment_of(frames: np.ndarray) -> np.ndarray:
        return np.searchsorted(starts, frames, "right") - 1

    def add(
        name: str, segments: np.ndarray, *cells: np.ndarray, weights: float | np.ndarray = 1.0
    ) -> None:
        np.add.at(counts[name], (segments, *cells), weights)

    def degree(voice: np.ndarray) -> np.ndarray:
        return (voice[:, 2] - tonics[step_of(voice[:, 0], frame)]) % 12

    if len(melody) >= FEWEST:
        unit = median_length(melody)
        start, pitch = melody[:, 0], melody[:, 2]
        segment, degrees = segment_of(start), degree(melody)
        interval, gap = np.diff(pitch), np.diff(start)
        length = np.append(np.minimum(gap, PAUSE * unit), unit)
        lengths = np.searchsorted(HALVES, gap / unit)
        ratios = np.searchsorted(HALVES, gap[1:] / gap[:-1])
        relative = np.searchsorted(TERNARY, gap / unit)
        wide = np.clip(interval, -WIDEST, WIDEST) + WIDEST
        narrow = np.clip(interval, -NARROW, NARROW) + NARROW
        step = STEP_OF_INTERVAL[wide]
        near = np.clip(lengths, 2, 8) - 2
        joined = [gap < PAUSE * unit]  # whether no pause is between so many notes
        joined += [joined[0][1:] & joined[0][:-1]]
        joined += [joined[1][1:] & joined[0][:-2]]
        one, two, three = joined
        add("scale", segment_of(notes[:, 0]), degree(notes), weights=notes[:, 1] - notes[:, 0])
        add("melody scale", segment, degrees, weights=length)
        add("melody degrees", segment, degrees)
        add("degree pairs", segment[1:][one], degrees[:-1][one], degrees[1:][one])
        add("intervals", segment[1:][one], wide[one])
        add("interval pairs", segment[2:][two], narrow[:-1][two], narrow[1:][two])
        steps = step[:-2][three], step[1:-1][three], step[2:][three]
        add("interval triples", segment[3:][three], *steps)
        skip = np.clip(pitch[2:] - pitch[:-2], -WIDEST, WIDEST) + WIDEST
        add("skips", segment[2:][two], skip[two])
        add("contours", segment[5:], *successive(np.sign(interval) + 1, 5))
        add("register", segment, register(pitch), weights=length)
        add("lengths", segment[1:], lengths)
        add("length ratios", segment[2:], ratios)
        add("ratio pairs", segment[3:], ratios[:-1], ratios[1:])
        add("length triples", segment[3:], *successive(near, 3))
        add("rhythms", segment[5:], *successive(relative, 5))
        add("intervals with lengths", segment[1:][one], wide[one], relative[one])
        for name, voice, weights in (
            (AUTOCORRELATIONS[0], melody, length),
            (AUTOCORRELATIONS[1], notes, np.ones(len(notes))),
        ):
            counts[name] = autocorrelation(voice[:, 0], weights, unit, starts)
    return {name: values.reshape(len(starts), -1) for name, values in counts.items()}


def successive(values: np.ndarray, count: int) -> list[np.ndarray]:
    """`count` arrays: the first values, the second ones, … of all runs of `count` in a row."""
    return [values[first : len(values) - count + 1 + first] for first in range(count)]


def register(pitch: np.ndarray) -> np.ndarray:
    """Semitones above the lowest that counts, by the song's median."""
    return np.clip(pitch - int(np.median(pitch)), -REGISTER, REGISTER) + REGISTER


def autocorrelation(
    onsets: np.ndarray, weights: np.ndarray, unit: float, starts: np.ndarray
) -> np.ndarray:
    """Of weighted onsets at lag 0 and at LAGS halves of `unit`, not normalised, [segment, lag].

    onsets, starts: frames; unit: frames.
    """
    grid = np.rint(onsets * (RESOLUTION / unit)).astype(int)
    pulses = np.convolve(np.bincount(grid, weights), [0.5, 1, 0.5], "same")
    pulses = pulses - pulses.mean()
    segments = np.searchsorted(starts, np.arange(len(pulses)) * (unit / RESOLUTION), "right") - 1
    result = np.zeros((len(starts), 1 + len(LAGS)))
    for column, lag in enumerate([0, *(LAGS * RESOLUTION // 2)]):
        if lag < len(pulses):
            products = pulses[lag:] * pulses[: len(pulses) - lag]
            result[:, column] = np.bincount(segments[: len(products)], products, len(starts))
    return result


SHAPES: dict[str, tuple[int, ...]] = {  # cells of each group
    "scale": (12,),
    "melody scale": (12,),
    "melody degrees": (12,),
    "degree pairs": (12, 12),
    "intervals": (25,),
    "interval pairs": (11, 11),
    "interval triples": (7, 7, 7),
    "skips": (25,),
    "contours": (3,) * 5,
    "register": (31,),
    "lengths": (11,),
    "length ratios": (11,),
    "ratio pairs": (11, 11),
    "length triples": (7, 7, 7),
    "rhythms": (3,) * 5,
    "intervals with lengths": (25, 3),
    **dict.fromkeys(AUTOCORRELATIONS, (33,)),
}
