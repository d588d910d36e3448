"""New pieces become a song of a region: laid out, given to instruments, played, recorded."""

import numpy as np

from stages.arrange import arrange
from stages.corpus import Palette
from stages.folk import Tune
from stages.orchestrate import Notes, draw, drums_of, orchestrate
from stages.synthesis import FADE, fit, record, render

LOW = 52  # MIDI number; the lowest note of several belongs to the bass below it
VELOCITY = {"melody": 96, "chords": 74, "bass": 84}


def divided(notes: np.ndarray) -> dict[str, Notes]:
    """Notes of many voices, [note, (start, length, pitch)], as melody, chords and bass.

    At each start the highest note is the melody's, a low one that is not the highest the bass's.
    """
    parts: dict[str, Notes] = {name: [] for name in VELOCITY}
    for start in np.unique(notes[:, 0]):
        together = notes[notes[:, 0] == start]
        order = np.argsort(-together[:, 2], kind="stable")
        for rank, row in enumerate(order):
            _, length, pitch = together[row]
            name = "melody" if rank == 0 else "chords"
            if rank == len(order) - 1 and pitch < LOW:
                name = "bass"
            parts[name].append((float(start), float(length), int(pitch), VELOCITY[name]))
    return parts


def laid_out(pieces: list[tuple[np.ndarray, float]], beats: float, drums: str) -> dict[str, Notes]:
    """Passages, each twice and then from the first again, until `beats` quarter beats are full."""
    parts: dict[str, Notes] = {name: [] for name in (*VELOCITY, "drums")}
    now, turn = 0.0, 0
    while now < beats:
        notes, bar = pieces[turn // 2 % len(pieces)]
        bars = int(np.ceil((notes[:, 0] + notes[:, 1]).max() / bar))
        played = divided(notes) | {
            "drums": [
                (bar * place + start, *rest)
                for place in range(bars)
                for start, *rest in drums_of(drums, bar)
            ]
        }
        for name, own in played.items():
            parts[name] += [(now + start, *rest) for start, *rest in own]
        now += bars * bar
        turn += 1
    return parts


def perform(
    pieces: list[tuple[np.ndarray, float]],
    one_voice: bool,
    palette: Palette,
    seconds: float,
    tempo: float,
    random: np.random.Generator,
) -> bytes:
    """A standard MIDI file of a song of about `seconds`, made of pieces.

    pieces: notes [note, (start, length, pitch)] and their bar, in quarter beats.
    one_voice: tunes, to be accompanied; else they have all voices.
    tempo: quarter beats a minute.
    """
    if one_voice:
        tunes = tuple(Tune("", notes, bar, 0.0) for notes, bar in pieces)
        return arrange(tunes, palette, seconds - FADE, random, tempo)
    beats = (seconds - FADE) * tempo / 60
    parts = laid_out(pieces, beats, draw(palette.drums, random))
    return orchestrate(parts, palette, tempo, beats, random)


def play(
    midi: bytes, seconds: float, random: np.random.Generator, soundfont: bytes | None = None
) -> np.ndarray:
    """The song as it sounds, exactly `seconds` long: float32 [sample] at synthesis.SAMPLE_RATE."""
    return fit(record(render(midi, soundfont), random), seconds)
