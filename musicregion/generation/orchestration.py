"""Gives the parts of a new song to instruments of a palette: a standard MIDI file."""

import numpy as np

from musicregion.config.corpus import Palette
from musicregion.rendering.orchestrate import (
    Notes,
    choose_weighted,
    instrument_program,
    play_part,
    write_midi,
)

SOUND_OF = {"second": "melody"}  # parts that a palette does not name, and what they take
LEVELS = {"melody": (0.9, 1.1), "second": (0.8, 1.0)}  # times the velocity: range
OTHERS = 0.5, 0.95  # range of the other parts' levels


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
    tracks = []
    for name, notes in parts.items():
        drums = name == "drums"
        weights = {} if drums else getattr(palette, SOUND_OF.get(name, name))
        program = 0 if drums else instrument_program(choose_weighted(weights, random))
        level = random.uniform(*LEVELS.get(name, OTHERS))
        levelled = [
            (start, length, pitch, velocity * level)
            for start, length, pitch, velocity in notes
            if pitch in range(128)
        ]
        track = play_part(levelled, program, drums, beats, random)
        if notes:
            tracks.append(track)
    return write_midi(tracks, tempo)
