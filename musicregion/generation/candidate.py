"""One try at a new song: composed, performed, rendered and judged, in a process of its own.

The imports are at the top, for the server that such processes are forked from.
"""

from pathlib import Path
from typing import Any

import miditok  # noqa: F401  imported here, since the tokenizer would do so in every process
import numpy as np
import symusic

from musicregion.composition import composer, form, novelty, perform
from musicregion.config.corpus import Palette
from musicregion.corpus import folk_rendering
from musicregion.generation import performance
from musicregion.generation.order import Order, Piece
from musicregion.generation.tonality import find_tonality
from musicregion.inference.predict_song import predict_song
from musicregion.inference.predictor import load_predictor
from musicregion.rendering import orchestrate, synthesis

COMPOSITIONS = 8  # of a song that is to be in minor or in major, at most


def measure_copying(pieces: list[Piece], writer: composer.Composer) -> dict[str, Any]:
    """The longest run of notes that new pieces share with the composer's training pieces.

    Returns longest_run_notes, and in shared_with the song of that training piece, if any.
    """
    melodies = [novelty.melody_steps(notes) for notes, _ in pieces]
    steps, row = max(novelty.longest_shared(melody, writer.melodies) for melody in melodies)
    return {
        "longest_run_notes": steps + 1 if steps else 0,
        "shared_with": writer.songs[row] if steps else None,
    }


def instrument_names(midi: bytes) -> list[str]:
    """The instruments of a MIDI file by track, without drums."""
    tracks = symusic.Score.from_midi(midi).tracks
    return [orchestrate.instrument_name(track.program) for track in tracks if not track.is_drum]


def guide_probabilities(guide: Path, song: Path) -> dict[str, float]:
    """The guide's probabilities for an audio file, by region, the likeliest first."""
    return predict_song(load_predictor(guide), song).probabilities


def compose_ordered(
    writer: composer.Composer, order: Order, random: np.random.Generator
) -> tuple[list[Piece], float]:
    """Pieces in the order's form, and their tempo in quarter beats a minute.

    For a song like another one, pieces are composed until they are in minor or in major as that
    song is, but no more than COMPOSITIONS times. The tempo is then that song's, doubled or halved
    where that is nearer to the pieces' own.
    """
    like = order.like
    letters = form.parse_letters(order.form) if order.form is not None else None
    for _ in range(COMPOSITIONS):
        pieces, tempo = writer.compose_pieces(order.region, random, letters)
        if not like:
            return pieces, tempo
        key = find_tonality([notes for notes, _ in pieces], writer.one_voice)
        if key.is_minor == like.key.is_minor:
            break
    assert like
    return pieces, like.tempo * 2 ** round(np.log2(tempo / like.tempo))


def write_candidate(
    writer: composer.Composer,
    order: Order,
    palette: Palette,
    numbers: tuple[int, ...],
    target: Path,
) -> tuple[dict[str, Any], list[Piece]]:
    """Write <target>.mid and <target>.flac; returns the song's facts, and its pieces as they sound.

    numbers: which song, and which try at it; with the order's seed and region they seed it.
    Facts: tempo_bpm, key, form, instruments, novelty, and probabilities (None without a guide).
    """
    random = folk_rendering.seeded_generator(order.seed, order.region, *numbers)
    pieces, tempo = compose_ordered(writer, order, random)
    midi, pieces, tempo = performance.perform_song(
        pieces, writer.one_voice, order, palette, tempo, random
    )
    soundfont = order.soundfont.read_bytes() if order.soundfont else None
    song = target.with_suffix(".flac")
    synthesis.write_flac(perform.play_midi(midi, order.seconds, random, soundfont), song)
    target.with_suffix(".mid").write_bytes(midi)
    facts = {
        "tempo_bpm": round(tempo, 2),
        "key": find_tonality([notes for notes, _ in pieces], writer.one_voice).name,
        "form": order.form,
        "instruments": instrument_names(midi),
        "novelty": measure_copying(pieces, writer),
        "probabilities": guide_probabilities(order.guide, song) if order.guide else None,
    }
    return facts, pieces
