"""New tunes of each method, for benchmarks that need no audio of them, and their likelihood."""

import time
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.compared_songs import load_writer
from benchmarks.musicality import Piece
from musicregion.composition import tokens, vocabulary
from musicregion.composition.composer import PIECES, Composer
from musicregion.composition.sampling import sample_sequence
from musicregion.composition.transformer import LENGTH
from musicregion.corpus.folk_rendering import seeded_generator

METHODS = {  # name of a row: what writes the tunes, and whether they have a form
    "n-gram": ("ngram", False),
    "n-gram with form": ("ngram", True),
    "decoder": ("decoder", False),
    "decoder with form": ("decoder", True),
}
SEED = 1
MAX_SAMPLES = (
    40  # for the pieces of a song; shorter ones than the composer learns from are not used
)


def write_freely(writer: Composer, region: str, random: np.random.Generator) -> list[Piece]:
    """Pieces without a form, as long as a random training piece: the model decides all the rest."""
    prefix = writer.sequences[writer.choose_training_piece(region, random)][: tokens.PREFIX]
    sampled = (
        tokens.decode(sample_sequence(writer.next_token, prefix, random))
        for _ in range(MAX_SAMPLES)
    )
    return list(islice((piece for piece in sampled if len(piece[0]) >= tokens.MIN_NOTES), PIECES))


def write_tunes(folder: Path, kind: str, region: str, *numbers: int) -> tuple[list[Piece], float]:
    """The new tunes of one song, and the seconds that they took. kind: a name of METHODS."""
    method, with_form = METHODS[kind]
    writer = load_writer(folder, method)
    random = seeded_generator(SEED, region, *numbers)
    start = time.perf_counter()
    if with_form:
        new, _ = writer.compose_pieces(region, random)
    else:
        new = write_freely(writer, region, random)
    return new, time.perf_counter() - start


def cut_as_plain(sequence: np.ndarray) -> np.ndarray:
    """The beginning of a piece that LENGTH tokens hold if copied bars are written out.

    Until copies were one token, the likelihood was that of these beginnings.
    """
    room = LENGTH + 1 - tokens.PREFIX
    end = len(sequence)
    while len(tokens.write_out(sequence[:end])) > room - (end == len(sequence)):
        end -= 1
    return sequence[:end]


def nats_per_note(writer: Composer, sequences: list[np.ndarray]) -> float:
    """The negative log-likelihood of pieces, their keys included."""
    nats = notes = 0.0
    for sequence in sequences:
        for length in range(tokens.PREFIX, min(len(sequence), LENGTH)):
            nats -= float(np.log(writer.next_token(sequence[:length])[sequence[length]]))
        notes += float(vocabulary.is_pitch(tokens.write_out(sequence)).sum())
    return (nats + np.log(12) * len(sequences)) / notes
