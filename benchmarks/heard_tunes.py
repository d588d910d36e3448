"""`python -m benchmarks.heard_tunes [COMPOSER]`: are new tunes their region's, instruments aside?

Every song is rendered as the corpus onegame does, where all regions sound alike, and judged by the
committee on tonal, which has learned from other songs. A new song has the instruments, tempo and
key of the real song beside it. Guided: of TRIES tries the one that a guide prefers, the same kind
of model; it has learned from the notes of the corpus's songs, and is given the notes. COMPOSER: as
for benchmarks.tune_distances. Writes benchmarks/results/heard_tunes.json and .png.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np

from benchmarks import judge
from benchmarks.compared_songs import load_writer
from benchmarks.heard_tunes_plot import plot_heard
from benchmarks.new_tunes import METHODS, write_tunes
from benchmarks.report import RESULTS, print_source, print_table, write_json
from benchmarks.tasks import map_all
from benchmarks.true_notes import true_notes
from musicregion.command import run
from musicregion.config import corpus, params
from musicregion.config.params import Params
from musicregion.corpus import folk
from musicregion.errors import ConfigError
from musicregion.evaluation.metrics import bootstrap_interval
from musicregion.features import tonal
from musicregion.rendering.tune import Recipe, Tune
from musicregion.storage import paths
from musicregion.transcription import basic_pitch

RESULT = RESULTS / "heard_tunes.json"
CORPUS, KIND = "onegame", "tonal"
SECONDS = 30.0  # of a song
TRIES = 4
GUIDED = ("n-gram", "decoder", "decoder with form")
BEST, BASELINE = "decoder with form", "n-gram"
GOAL = 0.9  # share of the real songs' score


def hear(recipe: Recipe, settings: Params) -> np.ndarray:
    """The judge's features of a rendered song, [segment, time, channel]."""
    with tempfile.TemporaryDirectory() as folder:
        path = judge.render(recipe, settings, Path(folder))
        return judge.extract_features(path, settings, KIND)


def read_notes(recipe: Recipe, settings: Params) -> np.ndarray:
    """The guide's features of a song's notes, [segment, time, channel]."""
    segments = int(SECONDS // settings.segment.window)
    return tonal.note_features(true_notes(recipe, settings), segments, settings.segment.window)


def write_recipe(folder: Path, kind: str, real: Recipe, numbers: tuple, seed: int) -> Recipe:
    """A new song that differs from a real one in its tunes alone. numbers: of song and try."""
    pieces, _ = write_tunes(folder, kind, real.region, *numbers)
    tunes = tuple(Tune("", notes, bar, 0.0) for notes, bar in pieces)
    return folk.make_recipe(corpus.load(CORPUS), real.region, real.number, tunes, seed)


def write_songs(
    folder: Path, kind: str, real: list[Recipe], guide: judge.Judge, settings: Params
) -> dict[bool, list[Recipe]]:
    """New songs, unguided and, for some kinds, guided, each beside a real one."""
    tries = TRIES if kind in GUIDED else 1
    items = [
        (folder, kind, recipe, (song, attempt), settings.folk.seed)
        for song, recipe in enumerate(real)
        for attempt in range(tries)
    ]
    new = map_all(write_recipe, items, kind)
    songs = {False: new[::tries]}
    if tries > 1:
        scores = guide.score_regions(map_all(read_notes, [(one, settings) for one in new], "guide"))
        regions = [guide.regions.index(recipe.region) for recipe in new]
        liked = scores[np.arange(len(new)), regions].reshape(-1, tries).argmax(axis=1)
        songs[True] = [new[tries * song + best] for song, best in enumerate(liked)]
    return songs


def score_songs(songs: list[Recipe], arbiter: judge.Judge, settings: Params) -> np.ndarray:
    """Whether each song is judged to be of its region, bool [song]."""
    features = map_all(hear, [(recipe, settings) for recipe in songs], "judge")
    predicted = arbiter.predict_regions(features)
    return np.array([a == recipe.region for a, recipe in zip(predicted, songs, strict=True)])


def make_row(kind: str, guided: bool, right: np.ndarray, baseline: np.ndarray | None) -> dict:
    """The row of a set of songs. right: of score_songs; baseline: the n-gram's, beside them."""
    each = np.arange(len(right))
    low, high = bootstrap_interval(right, each, 1)
    row = {"kind": kind, "guided": guided, "songs": len(right), "adherence": right.mean()}
    row |= {"low": low, "high": high}
    if baseline is not None:
        more = right.astype(float) - baseline
        low, high = bootstrap_interval(more, each, 1)
        row |= {"more_than_ngram": more.mean(), "more_low": low, "more_high": high}
    return {
        name: value if isinstance(value, str | bool | int) else round(float(value), 4)
        for name, value in row.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("composer", nargs="?", type=Path, default=paths.COMPOSER)
    folder = parser.parse_args().composer
    settings = params.load().with_changes({"folk.seconds": [SECONDS] * 2})
    if settings.corpus != "folk" or not load_writer(folder, "decoder").one_voice:
        raise ConfigError("This benchmark needs `corpus: folk` and `compose.notes: true`.")
    basic_pitch.fetch_weights(paths.BASIC_PITCH_WEIGHTS)
    training, real = judge.choose_songs(settings, CORPUS)
    features = map_all(hear, [(recipe, settings) for recipe in training], "judge's songs")
    regions = [recipe.region for recipe in training]
    arbiter = judge.train_judge(features, regions, settings, KIND)
    learned = folk.choose_recipes(corpus.load(CORPUS), settings.folk.songs, settings.folk.seed)
    notes = map_all(read_notes, [(recipe, settings) for recipe in learned], "guide's songs")
    guide = judge.train_judge(notes, [recipe.region for recipe in learned], settings, KIND)
    right = {("real tunes", False): score_songs(real, arbiter, settings)}
    for kind in METHODS:
        for guided, songs in write_songs(folder, kind, real, guide, settings).items():
            right[kind, guided] = score_songs(songs, arbiter, settings)
    rows = [
        make_row(kind, guided, values, right.get((BASELINE, guided)) if kind != BASELINE else None)
        for (kind, guided), values in right.items()
    ]
    _, counts = np.unique([recipe.region for recipe in real], return_counts=True)
    largest = round(float(counts.max() / counts.sum()), 4)
    print_table(list(rows[0]), [list(row.values()) for row in rows])
    best = right[BEST, False].mean() / right["real tunes", False].mean()
    print(f"{BEST}: {best:.2f} of the real tunes' score; goal {GOAL}")
    result = {"rows": rows, "of_real": round(best, 4), "judge_songs": len(training)}
    write_json(RESULT, result | {"largest_region": largest})
    plot_heard(rows, largest, RESULT.with_suffix(".png"))
    print_source("heard_tunes", RESULT, RESULT.with_suffix(".png"))


if __name__ == "__main__":
    run(main)
