"""Writes notes as MIDI files."""

from pathlib import Path
from typing import Any

import numpy as np

TICKS = 480  # of a quarter beat


def write_midi(notes: np.ndarray, path: Path) -> None:
    """Write notes as a MIDI file at 120 quarter beats a minute.

    notes: [note, (start, end, pitch, strength)], as basic_pitch.transcribe returns them.
    """
    import symusic

    score: Any = symusic.Score(TICKS, "tick")
    score.tempos.append(symusic.Tempo(0, 120.0))
    track: Any = symusic.Track(program=0)
    for start, end, pitch, strength in notes:
        first, last = round(start * 2 * TICKS), round(end * 2 * TICKS)
        velocity = max(1, round(127 * strength))
        track.notes.append(symusic.Note(first, max(1, last - first), int(pitch), velocity))
    score.tracks.append(track)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(score.dumps_midi())
