"""Writes the tunes of a song in one key and with one note value.

Collections are notated by habit: Ireland's in G and D, in eighths; many of Germany's in F, in
quarters. Where songs of all regions are arranged alike, that must not tell a region.
"""

from dataclasses import replace

import numpy as np

from musicregion.rendering.tune import Tune

NOTE = 0.5  # quarter beats: the length that a tune's median note is brought near to
SLOWEST, FASTEST = 66.0, 150.0  # quarter beats a minute: 2.2 to 5 such notes a second


def unify_notation(tunes: tuple[Tune, ...], tonic: int) -> tuple[Tune, ...]:
    """The same melodies, all with the same tonic (pitch class), and with eighths for most notes.

    Note lengths are halved or doubled alone, which leaves rhythm and bars as they are. The tune's
    last note counts as its tonic.
    """
    unified = []
    for tune in tunes:
        gaps = np.diff(tune.notes[:, 0])
        scale = 2.0 ** np.round(np.log2(NOTE / np.median(gaps[gaps > 0])))
        shift = (tonic - tune.notes[-1, 2] + 6) % 12 - 6  # semitones
        notes = tune.notes * [scale, scale, 1] + [0, 0, shift]
        unified.append(replace(tune, notes=notes, bar=tune.bar * scale, upbeat=tune.upbeat * scale))
    return tuple(unified)


def draw_tempo(random: np.random.Generator) -> float:
    """A random tempo, in quarter beats a minute, for tunes of unify_notation."""
    return float(random.uniform(SLOWEST, FASTEST))
