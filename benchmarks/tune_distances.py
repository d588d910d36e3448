"""`python -m benchmarks.tune_distances [COMPOSER]`: how far are new tunes from real ones?

The real tunes are none that the composer learned from. The floor is the distance between two halves
of them. Beside the new tunes, of the n-gram baseline and of the decoder, the tunes that the
composer learned from. COMPOSER: a folder that the stage compose has written for the corpus folk
with compose.notes=true; composer/ by default. Writes benchmarks/results/tune_distances.json.
"""

import argparse
from pathlib import Path

import numpy as np

from benchmarks import judge, musicality
from benchmarks.compared_songs import load_writer
from benchmarks.musicality import Piece
from benchmarks.new_tunes import METHODS, cut_as_plain, nats_per_note, write_tunes
from benchmarks.report import RESULTS, print_source, print_table, write_json
from benchmarks.tasks import map_all
from musicregion.command import run
from musicregion.composition import pieces, tokens
from musicregion.composition.composer import Composer
from musicregion.composition.transformer import LENGTH
from musicregion.composition.vocabulary import METERS
from musicregion.config import params
from musicregion.config.params import Params
from musicregion.errors import ConfigError
from musicregion.generation.candidate import measure_copying
from musicregion.rendering.tune import Recipe
from musicregion.storage import paths

RESULT = RESULTS / "tune_distances.json"
SONGS = 120  # new ones of each kind
SPLITS = 20  # into halves, for the floor
COPIED = 12  # notes in a row: a tune that shares so many with a training tune counts as copied
GOALS = {"repetition_distance": 0.08, "interval_distance": 0.05}


def real_pieces(recipes: list[Recipe]) -> list[Piece]:
    """The tunes of recipes, such as the composer learns from."""
    return [
        (pieces.shift_to_bar(tune), tune.bar)
        for recipe in recipes
        for tune in recipe.tunes
        if tune.bar in METERS
    ]


def halve(real: list[Piece]) -> dict[str, float]:
    """The mean distances between two random halves."""
    rows = []
    for seed in range(SPLITS):
        order = np.random.default_rng(seed).permutation(len(real))
        middle = len(real) // 2
        left, right = ([real[row] for row in half] for half in np.split(order, [middle]))
        rows.append(musicality.measure_distances(left, right))
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}


def describe_copying(songs: list[list[Piece]], folder: Path) -> dict[str, float]:
    """How much of the tunes of songs is copied from training tunes."""
    writer = load_writer(folder, "decoder")
    runs = [measure_copying([tune], writer)["longest_run_notes"] for song in songs for tune in song]
    return {
        "tunes": len(runs),
        "novel_share": float(np.mean(np.array(runs) < COPIED)),
        "median_run": float(np.median(runs)),
    }


def measure_likelihood(writer: Composer, settings: Params) -> dict[str, float]:
    """Nats a note of the validation tunes' beginnings, see cut_as_plain."""
    validation = pieces.pieces_by_part(settings)["validation"]
    sequences = [tokens.encode(piece, writer.card["regions"]) for piece in validation]
    nats = nats_per_note(writer, [cut_as_plain(sequence) for sequence in sequences])
    return {"plain_nats_per_note": round(nats, 4)}


def round_row(row: dict) -> dict:
    return {name: round(value, 4) if name != "kind" else value for name, value in row.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("composer", nargs="?", type=Path, default=paths.COMPOSER)
    folder = parser.parse_args().composer
    settings = params.load()
    writer = load_writer(folder, "decoder")
    if settings.corpus != "folk" or not writer.one_voice:
        raise ConfigError("This benchmark needs `corpus: folk` and `compose.notes: true`.")
    recipes = [recipe for part in judge.choose_songs(settings) for recipe in part]
    real = real_pieces(recipes)
    rows = [{"kind": "halves of real tunes", "tunes": len(real)} | halve(real)]
    learned = writer.training_pieces()
    distances = musicality.measure_distances(learned, real)
    rows.append({"kind": "tunes learned from", "tunes": len(learned)} | distances)
    for kind in METHODS:
        items = [(folder, kind, recipe.region, row) for row, recipe in enumerate(recipes[:SONGS])]
        songs, seconds = zip(*map_all(write_tunes, items, kind), strict=True)
        new = [tune for song in songs for tune in song]
        row = {"kind": kind} | describe_copying(list(songs), folder)
        row |= musicality.measure_distances(new, real)
        rows.append(row | {"seconds_per_tune": sum(seconds) / len(new)})
    rows = [round_row(row) for row in rows]
    names = list(rows[-1])
    print_table(names, [[row.get(name, "") for name in names] for row in rows])
    for name, goal in GOALS.items():
        print(f"{name}: goal {goal}, {rows[-1]['kind']} {rows[-1][name]}")
    validation = writer.card["validation"] | measure_likelihood(writer, settings)
    print(
        "validation, nats a note: {nats_per_note:.2f}, n-gram {ngram_nats_per_note:.2f}; of "
        "beginnings that {LENGTH} tokens hold without copies: {plain_nats_per_note:.2f}".format(
            LENGTH=LENGTH, **validation
        )
    )
    write_json(RESULT, {"rows": rows, "validation": validation})
    print_source("tune_distances", RESULT)


if __name__ == "__main__":
    run(main)
