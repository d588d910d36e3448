"""Gives the parts of a new song to instruments of a palette: a standard MIDI file."""

from typing import Any

import numpy as np

from musicregion.config.corpus import Palette
from musicregion.rendering.orchestrate import TICKS, Notes, choose_weighted, instrument_program

SOUND_OF = {"second": "melody"}  # parts that a palette does not name, and what they take
LEVELS = {"melody": (0.9, 1.1), "second": (0.8, 1.0)}  # times the velocity: range
OTHERS = 0.5, 0.95  # range of the other parts' levels
UNEVENNESS = 4  # standard deviation of velocities


def orchestrate_song(
    parts: dict[str, Notes],
    palette: Palette,
    tempo: float,
    beats: float,
    random: np.random.Generator,
) -> bytes:
    """A standard MIDI file of `beats` quarter beats, with random instruments of the palette.

    parts: notes at the pitches that sound, by a name of arrangement.VOICES; those without notes are
    left out. tempo: quarter beats a minute.

    Raises:
        ConfigError: the palette names an unknown instrument.
    """
    import symusic

    score: Any = symusic.Score(TICKS)
    score.tempos.append(symusic.Tempo(0, float(tempo)))
    for name, notes in parts.items():
        drums = name == "drums"
        weights = {} if drums else getattr(palette, SOUND_OF.get(name, name))
        program = 0 if drums else instrument_program(choose_weighted(weights, random))
        level = random.uniform(*LEVELS.get(name, OTHERS))
        track: Any = symusic.Track(program=program, is_drum=drums)
        for start, length, pitch, velocity in notes:
            if start >= beats or pitch not in range(128):
                continue
            loudness = velocity * level + random.normal(0, UNEVENNESS)
            duration = max(1, round(min(length, beats - start) * TICKS))
            note = symusic.Note(
                round(start * TICKS), duration, pitch, int(np.clip(loudness, 1, 127))
            )
            track.notes.append(note)
        if notes:
            score.tracks.append(track)
    return bytes(score.dumps_midi())
