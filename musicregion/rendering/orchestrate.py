"""Gives the parts of a song to instruments of a palette: a standard MIDI file."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from musicregion.config.corpus import Palette, Weights
from musicregion.errors import ConfigError

TICKS = 480  # of a quarter beat
Notes = list[tuple[float, float, int, int]]  # start and length in beats, pitch, velocity
UNEVENNESS = 4  # standard deviation of velocities
PARTS = ("melody", "chords", "bass", "drums")
DRUMS = {  # pattern: (General MIDI drum, beats within a bar as shares of the bar)
    "none": (),
    "frame": ((41, (0.0,)), (37, (0.5, 0.75))),
    "march": ((36, (0.0, 0.5)), (38, (0.25, 0.75))),
    "blocks": ((76, (0.0, 0.5)), (77, (0.25,))),
    "shaker": ((70, (0.0, 0.25, 0.5, 0.75)),),
}


def choose_weighted(weights: Weights, random: np.random.Generator) -> str:
    """One name, with the probability that its weight gives it."""
    probabilities = np.array(list(weights.values()))
    return str(random.choice(list(weights), p=probabilities / probabilities.sum()))


def instrument_program(name: str) -> int:
    """The General MIDI program, 0 to 127, of an instrument's name.

    Raises:
        ConfigError: there is no such instrument.
    """
    from pretty_midi.constants import INSTRUMENT_MAP

    if name not in INSTRUMENT_MAP:
        raise ConfigError(f"{name!r} is no General MIDI instrument (as pretty_midi spells them)")
    return int(INSTRUMENT_MAP.index(name))


def instrument_name(program: int) -> str:
    """The name of a General MIDI program, 0 to 127."""
    from pretty_midi import program_to_instrument_name

    return str(program_to_instrument_name(program))


def drum_bar(pattern: str, bar: float) -> Notes:
    """The notes of one bar of a drum pattern. pattern: a name of DRUMS. bar: quarter beats.

    Raises:
        ConfigError: there is no such pattern.
    """
    if pattern not in DRUMS:
        raise ConfigError(f"drums {pattern!r} is not one of {', '.join(DRUMS)}")
    return [(bar * share, 0.2, drum, 80) for drum, shares in DRUMS[pattern] for share in shares]


def play_part(
    notes: Iterable[tuple[float, float, int, float]],
    program: int,
    is_drum: bool,
    beats: float,
    random: np.random.Generator,
) -> Any:  # noqa: ANN401  symusic has no types
    """A track of the notes up to `beats` quarter beats, with uneven velocities.

    notes: as Notes, but the velocities need not be whole, or within MIDI's.
    """
    import symusic

    track: Any = symusic.Track(program=program, is_drum=is_drum)
    for start, length, pitch, velocity in notes:
        if start >= beats:
            continue
        duration = max(1, round(min(length, beats - start) * TICKS))
        loudness = int(np.clip(velocity + random.normal(0, UNEVENNESS), 1, 127))
        track.notes.append(symusic.Note(round(start * TICKS), duration, pitch, loudness))
    return track


def write_midi(tracks: Iterable[Any], tempo: float) -> bytes:
    """A standard MIDI file of tracks. tempo: quarter beats a minute."""
    import symusic

    score: Any = symusic.Score(TICKS)
    score.tempos.append(symusic.Tempo(0, float(tempo)))
    for track in tracks:
        score.tracks.append(track)
    return bytes(score.dumps_midi())


def orchestrate(
    parts: dict[str, Notes],
    palette: Palette,
    tempo: float,
    beats: float,
    random: np.random.Generator,
) -> bytes:
    """A standard MIDI file of `beats` quarter beats, with random instruments of the palette.

    parts: by a name of PARTS. tempo: quarter beats a minute.

    Raises:
        ConfigError: the palette names an unknown instrument.
    """
    key = int(random.integers(-5, 7))  # semitones
    swell, phase = random.uniform(4, 40), random.uniform(0, 2 * np.pi)  # beats, radians
    tracks = []
    for name, notes in parts.items():
        drums = name == "drums"
        program = (
            0 if drums else instrument_program(choose_weighted(getattr(palette, name), random))
        )
        level = random.uniform(0.9, 1.15) if name == "melody" else random.uniform(0.45, 0.95)
        swelling = [
            (
                start,
                length,
                int(np.clip(pitch + (0 if drums else key), 0, 127)),
                velocity * level * (1 + 0.15 * np.sin(start / swell * 2 * np.pi + phase)),
            )
            for start, length, pitch, velocity in notes
        ]
        tracks.append(play_part(swelling, program, drums, beats, random))
    return write_midi(tracks, tempo)
