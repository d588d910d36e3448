"""One try at a new song: written, arranged, played and judged, in a process of its own.

The imports are made here, for the server that such processes are forked from.
"""

from pathlib import Path

import miditok  # noqa: F401  the tokenizer's, which is made later
import numpy as np
import symusic

from app import model
from app.order import Order
from stages import composer, novelty, orchestrate, rendition, sources, synthesis
from stages.corpus import Palette


def copied(pieces: list[tuple[np.ndarray, float]], writer: composer.Composer) -> dict:
    """The longest run of notes that new pieces share with the tunes that the writer has learned."""
    melodies = [novelty.steps(notes) for notes, _ in pieces]
    length, where = max(novelty.longest_shared(one, writer.melodies) for one in melodies)
    return {
        "longest_run_notes": length + 1 if length else 0,
        "shared_with": writer.songs[where] if length else None,
    }


def instruments(midi: bytes) -> list[str]:
    tracks = symusic.Score.from_midi(midi).tracks
    return [orchestrate.instrument(track.program) for track in tracks if not track.is_drum]


def judgement(guide: Path, wave: Path) -> dict[str, float]:
    """Probabilities by region, the likeliest first."""
    return model.answer(model.load(guide), wave).probabilities


def written(
    writer: composer.Composer,
    order: Order,
    palette: Palette,
    numbers: tuple[int, ...],
    target: Path,
) -> tuple[dict, list[tuple[np.ndarray, float]]]:
    """As make; with the pieces that the song is made of."""
    random = sources.generator(order.seed, order.region, *numbers)
    pieces, tempo = writer.pieces(order.region, random)
    midi = rendition.perform(pieces, writer.one_voice, palette, order.seconds, tempo, random)
    soundfont = order.soundfont.read_bytes() if order.soundfont else None
    wave = target.with_suffix(".flac")
    synthesis.save(rendition.play(midi, order.seconds, random, soundfont), wave)
    target.with_suffix(".mid").write_bytes(midi)
    found = {
        "tempo_bpm": round(tempo, 2),
        "instruments": instruments(midi),
        "novelty": copied(pieces, writer),
        "probabilities": judgement(order.guide, wave) if order.guide else None,
    }
    return found, pieces


def make(order: Order, palette: Palette, numbers: tuple[int, ...], target: Path) -> dict:
    """Write <target>.mid and <target>.flac; what is known of the song, as its card has it.

    numbers: which song, and which try at it.
    """
    return written(composer.load(order.composer), order, palette, numbers, target)[0]
