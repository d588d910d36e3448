"""New pieces become a song of a region: laid out, given to instruments, played, recorded."""

import numpy as np

from musicregion.config.corpus import Palette
from musicregion.rendering.arrange import arrange
from musicregion.rendering.orchestrate import Notes, choose_weighted, drum_bar, orchestrate
from musicregion.rendering.synthesis import FADE, fit_length, render, simulate_recording
from musicregion.rendering.tune import Tune

LOW = 52  # MIDI number; the lowest note of several belongs to the bass below it
VELOCITY = {"melody": 96, "chords": 74, "bass": 84}


def split_voices(notes: np.ndarray) -> dict[str, Notes]:
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


def lay_out_pieces(
    pieces: list[tuple[np.ndarray, float]], beats: float, drums: str
) -> dict[str, Notes]:
    """Passages, each twice and then from the first again, until `beats` quarter beats are full."""
    parts: dict[str, Notes] = {name: [] for name in (*VELOCITY, "drums")}
    now, turn = 0.0, 0
    while now < beats:
        notes, bar = pieces[turn // 2 % len(pieces)]
        bars = int(np.ceil((notes[:, 0] + notes[:, 1]).max() / bar))
        played = split_voices(notes) | {
            "drums": [
                (bar * place + start, *rest)
                for place in range(bars)
                for start, *rest in drum_bar(drums, bar)
            ]
        }
        for name, own in played.items():
            parts[name] += [(now + start, *rest) for start, *rest in own]
        now += bars * bar
        turn += 1
    return parts


def perform_pieces(
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
    parts = lay_out_pieces(pieces, beats, choose_weighted(palette.drums, random))
    return orchestrate(parts, palette, tempo, beats, random)


def play_midi(
    midi: bytes, seconds: float, random: np.random.Generator, soundfont: bytes | None = None
) -> np.ndarray:
    """The song as it sounds, exactly `seconds` long: float32 [sample] at synthesis.SAMPLE_RATE."""
    return fit_length(simulate_recording(render(midi, soundfont), random), seconds)
