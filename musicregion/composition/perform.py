"""Performs pieces as a song: repeats them, gives their voices to instruments, renders the audio."""

import numpy as np

from musicregion.config.corpus import Palette
from musicregion.rendering.arrange import arrange
from musicregion.rendering.orchestrate import Notes, choose_weighted, drum_bar, orchestrate
from musicregion.rendering.synthesis import FADE, fit_length, render, simulate_recording
from musicregion.rendering.tune import Tune

LOW = 52  # MIDI pitch; below it the lowest of several notes is the bass's
VELOCITY = {"melody": 96, "chords": 74, "bass": 84}


def split_voices(notes: np.ndarray) -> dict[str, Notes]:
    """Divide notes [note, (start, length, pitch)] into melody, chords and bass.

    At each start the highest note is the melody's; the lowest, if below LOW, the bass's.
    """
    parts: dict[str, Notes] = {name: [] for name in VELOCITY}
    for start in np.unique(notes[:, 0]):
        chord = notes[notes[:, 0] == start]
        order = np.argsort(-chord[:, 2], kind="stable")
        for rank, row in enumerate(order):
            _, length, pitch = chord[row]
            name = "melody" if rank == 0 else "chords"
            if rank == len(order) - 1 and pitch < LOW:
                name = "bass"
            parts[name].append((float(start), float(length), int(pitch), VELOCITY[name]))
    return parts


def shift_notes(notes: Notes, beats: float) -> Notes:
    """The same notes, `beats` quarter beats later."""
    return [(beats + start, length, pitch, velocity) for start, length, pitch, velocity in notes]


def lay_out_pieces(
    pieces: list[tuple[np.ndarray, float]], beats: float, drums: str
) -> dict[str, Notes]:
    """Play each piece twice in turn, from the first again, until `beats` quarter beats are full.

    pieces: as for perform_pieces. drums: a pattern of rendering.orchestrate.
    """
    parts: dict[str, Notes] = {name: [] for name in (*VELOCITY, "drums")}
    now, turn = 0.0, 0
    while now < beats:
        notes, bar = pieces[turn // 2 % len(pieces)]
        bars = int(np.ceil((notes[:, 0] + notes[:, 1]).max() / bar))
        drum_notes = [
            note for index in range(bars) for note in shift_notes(drum_bar(drums, bar), bar * index)
        ]
        for name, part in (split_voices(notes) | {"drums": drum_notes}).items():
            parts[name] += shift_notes(part, now)
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
    """Make a song of about `seconds` of pieces; returns a standard MIDI file.

    pieces: notes [note, (start, length, pitch)] and their bar, in quarter beats.
    one_voice: they are melodies, and get an accompaniment; else they have all their voices.
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
    """Render a MIDI file: float64 [sample] at synthesis.SAMPLE_RATE, exactly `seconds` long.

    random: draws the room and the microphone. soundfont: an SF2 file; None: the corpus's.
    """
    return fit_length(simulate_recording(render(midi, soundfont), random), seconds)
