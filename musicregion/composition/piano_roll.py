"""Plots the notes of a song: time against pitch, a colour for each instrument."""

from pathlib import Path

from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from musicregion.rendering.orchestrate import instrument_name

OCTAVE = 12  # semitones


def plot_piano_roll(midi: bytes, title: str, path: Path) -> None:
    """Draw a MIDI file as PNG, without its drums."""
    import symusic

    score = symusic.Score.from_midi(midi).to("second")
    tracks = [track for track in score.tracks if not track.is_drum]
    figure = Figure(figsize=(11, 4.2), layout="constrained")  # pyplot is not thread-safe
    axes = figure.subplots()
    for index, track in enumerate(tracks):
        boxes = [
            Rectangle((note.start, note.pitch - 0.4), note.duration, 0.8) for note in track.notes
        ]
        colour = f"C{index}"
        axes.add_collection(PatchCollection(boxes, facecolor=colour, linewidth=0))
        axes.plot([], [], color=colour, linewidth=5, label=instrument_name(track.program))
    axes.autoscale_view()
    low, high = (int(edge) for edge in axes.get_ylim())
    octaves = range(low - low % OCTAVE, high + OCTAVE, OCTAVE)
    axes.set_yticks(octaves, [f"C{pitch // OCTAVE - 1}" for pitch in octaves])
    axes.set(xlabel="time (s)", ylabel="pitch", title=title, ylim=(low - 1, high + 1))
    axes.grid(alpha=0.3)
    axes.legend(loc="upper right", ncols=len(tracks), fontsize=8)
    figure.savefig(path, dpi=110, metadata={"Software": None})
