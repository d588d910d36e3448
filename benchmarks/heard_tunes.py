"""`python -m benchmarks.heard_tunes [COMPOSER]`: are new tunes their region's, instruments aside?

Every song is arranged as the corpus onegame does, where all regions sound alike, and judged by the
committee on tonal, which has learned from other songs: given the song's notes, which is what
perfect transcription would give, and, for the kinds AUDIBLE, given the audio. A new song has the
instruments, tempo and key of the real song beside it. Guided: of four tries the one that a guide
prefers; it has learned from the notes of the corpus's own songs. COMPOSER: as for
benchmarks.tune_distances. Writes benchmarks/results/heard_tunes.json and .png.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks import judge
from benchmarks.compared_songs import load_writer
from benchmarks.heard_tunes_plot import plot_heard
from benchmarks.new_tunes import METHODS
from benchmarks.report import RESULTS, print_source, print_table, write_json
from benchmarks.same_palette_songs import (
    CORPUS,
    KIND,
    SECONDS,
    Songs,
    hear,
    read_notes,
    write_songs,
)
from benchmarks.tasks import map_all
from musicregion.command import run
from musicregion.config import corpus, params
from musicregion.config.params import Params
from musicregion.corpus import folk
from musicregion.errors import ConfigError
from musicregion.evaluation.metrics import bootstrap_interval
from musicregion.rendering.tune import Recipe
from musicregion.storage import paths
from musicregion.transcription import basic_pitch

RESULT = RESULTS / "heard_tunes.json"
EXTRA_SONGS, REAL_SONGS = 600, 120  # beside those of the corpus; of them real ones
TAUGHT, HEARD = 140, 60  # songs: the judge of audio learns from so many, and judges so many
REAL, BASELINE, BEST = "real tunes", "n-gram", "decoder with form"
AUDIBLE = (REAL, BASELINE, BEST)
GOAL = 0.9  # share of the real songs' score
Listen = Callable[[Recipe, Params], np.ndarray]  # to features [segment, time, channel]
Right = dict[tuple[str, bool], np.ndarray]  # bool [song] by kind, and whether guided


def judge_songs(songs: Songs, training: list[Recipe], settings: Params, listen: Listen) -> Right:
    """Whether a judge that has learned from `training` gives each song to its region."""
    features = map_all(listen, [(recipe, settings) for recipe in training], "judge's songs")
    regions = [recipe.region for recipe in training]
    arbiter = judge.train_judge(features, regions, settings, KIND)
    right = {}
    for key, recipes in songs.items():
        features = map_all(listen, [(recipe, settings) for recipe in recipes], f"judge {key[0]}")
        predicted = zip(arbiter.predict_regions(features), recipes, strict=True)
        right[key] = np.array([region == recipe.region for region, recipe in predicted])
    return right


def round_row(row: dict) -> dict:
    return {
        name: value if isinstance(value, str | bool | int) else round(float(value), 4)
        for name, value in row.items()
    }


def make_rows(judged: str, right: Right) -> list[dict]:
    """A row of each set of songs. judged: by their notes or audio. right: of judge_songs."""
    rows = []
    for (kind, guided), values in right.items():
        each = np.arange(len(values))
        row = {"judged": judged, "kind": kind, "guided": guided, "songs": len(values)}
        row |= {"adherence": values.mean()}
        row |= dict(zip(("low", "high"), bootstrap_interval(values, each, 1), strict=True))
        more = values.astype(float) - right[BASELINE, guided and kind != REAL]
        row |= {"more_than_ngram": more.mean()}
        edges = bootstrap_interval(more, each, 1)
        row |= dict(zip(("more_low", "more_high"), edges, strict=True))
        row["of_real"] = values.mean() / right[REAL, False].mean()
        rows.append(round_row(row))
    return rows


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
    training, real = judge.choose_songs(settings, CORPUS, EXTRA_SONGS, REAL_SONGS)
    learned = folk.choose_recipes(corpus.load(CORPUS), settings.folk.songs, settings.folk.seed)
    notes = map_all(read_notes, [(recipe, settings) for recipe in learned], "guide's songs")
    guide = judge.train_judge(notes, [recipe.region for recipe in learned], settings, KIND)
    songs: Songs = {(REAL, False): real}
    for kind in METHODS:
        songs |= write_songs(folder, kind, real, guide, settings)
    rows = make_rows("notes", judge_songs(songs, training, settings, read_notes))
    _, counts = np.unique([recipe.region for recipe in real], return_counts=True)
    facts = {"largest_region": round(float(counts.max() / counts.sum()), 4)}
    facts |= {"judge_songs": {"notes": len(training), "audio": len(training[:TAUGHT])}}
    write_json(RESULT, {"rows": rows} | facts)  # the audio takes much longer
    audible = {(kind, False): songs[kind, False][:HEARD] for kind in AUDIBLE}
    rows += make_rows("audio", judge_songs(audible, training[:TAUGHT], settings, hear))
    print_table(list(rows[0]), [list(row.values()) for row in rows])
    for row in rows:
        if row["kind"] == BEST:
            print(
                f"{BEST}, {row['judged']}: {row['of_real']} of the real tunes' score; goal {GOAL}"
            )
    write_json(RESULT, {"rows": rows} | facts)
    plot_heard(rows, facts["largest_region"], RESULT.with_suffix(".png"))
    print_source("heard_tunes", RESULT, RESULT.with_suffix(".png"))


if __name__ == "__main__":
    run(main)
