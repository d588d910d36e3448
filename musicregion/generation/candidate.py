"""One try at a new song: written, arranged, played and judged, in a process of its own.

The imports are made here, for the server that such processes are forked from.
"""

from pathlib import Path

import miditok  # noqa: F401  the tokenizer's, which is made later
import numpy as np
import symusic

from musicregion.composition import composer, novelty, perform
from musicregion.config.corpus import Palette
from musicregion.corpus import folk_rendering
from musicregion.generation.order import Order
from musicregion.inference.predict_song import predict_song
from musicregion.inference.predictor import load_predictor
from musicregion.rendering import orchestrate, synthesis


def measure_copying(pieces: list[tuple[np.ndarray, float]], writer: composer.Composer) -> dict:
    """The longest run of notes that new pieces share with the tunes that the writer has learned."""
    melodies = [novelty.melody_steps(notes) for notes, _ in pieces]
    length, where = max(novelty.longest_shared(one, writer.melodies) for one in melodies)
    return {
        "longest_run_notes": length + 1 if length else 0,
        "shared_with": writer.songs[where] if length else None,
    }


def instrument_names(midi: bytes) -> list[str]:
    tracks = symusic.Score.from_midi(midi).tracks
    return [orchestrate.instrument_name(track.program) for track in tracks if not track.is_drum]


def guide_probabilities(guide: Path, wave: Path) -> dict[str, float]:
    """Probabilities by region, the likeliest first."""
    return predict_song(load_predictor(guide), wave).probabilities


def write_candidate(
    writer: composer.Composer,
    order: Order,
    palette: Palette,
    numbers: tuple[int, ...],
    target: Path,
) -> tuple[dict, list[tuple[np.ndarray, float]]]:
    """As make; with the pieces that the song is made of."""
    random = folk_rendering.seeded_generator(order.seed, order.region, *numbers)
    pieces, tempo = writer.pieces(order.region, random)
    midi = perform.perform_pieces(pieces, writer.one_voice, palette, order.seconds, tempo, random)
    soundfont = order.soundfont.read_bytes() if order.soundfont else None
    wave = target.with_suffix(".flac")
    synthesis.write_flac(perform.play_midi(midi, order.seconds, random, soundfont), wave)
    target.with_suffix(".mid").write_bytes(midi)
    found = {
        "tempo_bpm": round(tempo, 2),
        "instruments": instrument_names(midi),
        "novelty": measure_copying(pieces, writer),
        "probabilities": guide_probabilities(order.guide, wave) if order.guide else None,
    }
    return found, pieces


def make(order: Order, palette: Palette, numbers: tuple[int, ...], target: Path) -> dict:
    """Write <target>.mid and <target>.flac; what is known of the song, as its card has it.

    numbers: which song, and which try at it.
    """
    return write_candidate(composer.load_composer(order.composer), order, palette, numbers, target)[
        0
    ]
