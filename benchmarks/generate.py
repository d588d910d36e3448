"""`python -m benchmarks.generate [COMPOSER …]`: do new songs sound like their region, and are new?

100 songs of each kind, in the regions' proportions: of the n-gram baseline and of the decoder, the
first try and the one of four that the guide likes best, and real ones. Judged by a model with other
features that was trained on other songs (benchmarks/judge.py). COMPOSER: folders that the stage
compose has written; composer/ by default. Needs `dvc repro` of the corpus folk. Writes
benchmarks/results/generate.json and .png, and results/listen/index.html, a page to listen to.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np

from benchmarks import compared_songs, judge, listening_page, musicality
from benchmarks.compared_songs import Song, load_writer, make_song_sets
from benchmarks.generate_plot import plot_generated
from benchmarks.measure import measure
from benchmarks.musicality import Piece
from benchmarks.report import RESULTS, print_source, print_table, write_json
from benchmarks.tasks import map_all
from musicregion.command import run
from musicregion.config import params
from musicregion.config.params import Params
from musicregion.errors import ConfigError
from musicregion.evaluation import metrics
from musicregion.features import musicnn
from musicregion.rendering.tune import Recipe
from musicregion.storage import paths
from musicregion.transcription import basic_pitch

RESULT = RESULTS / "generate.json"
LISTEN = paths.RESULTS / "listen"
COMMAND_SECONDS = 60  # of the song whose command is timed
COPIED = 12  # notes in a row: a song that shares so many counts as copied


def make_row(songs: list[Song], reference: list[Piece], predicted: list[str], facts: dict) -> dict:
    """The row of a set of songs. predicted: the judge's regions."""
    right = np.array([song["region"] == name for song, name in zip(songs, predicted, strict=True)])
    low, high = metrics.bootstrap_interval(right, np.arange(len(songs)), 1)
    pieces = [piece for song in songs for piece in song["pieces"]]
    seconds = [song["seconds"] for song in songs if "seconds" in song]
    row = facts | {
        "songs": len(songs),
        "adherence": float(right.mean()),
        "adherence_low": low,
        "adherence_high": high,
        "novel_share": float(np.mean([song["run"] < COPIED for song in songs])),
        "median_run": float(np.median([song["run"] for song in songs])),
    }
    row |= musicality.measure_distances(pieces, reference)
    row["seconds_per_piece"] = float(np.mean(seconds)) if seconds else None
    return {
        key: round(value, 4) if isinstance(value, float) else value for key, value in row.items()
    }


def time_command(composer: Path, *options: str) -> float:
    """Seconds of a whole `musicregion generate` for one song."""
    with tempfile.TemporaryDirectory() as out:
        command = ["musicregion", "generate", "--region", "ireland", "--out", out]
        command += ["--composer", str(composer), "--seconds", str(COMMAND_SECONDS), *options]
        return measure(command, Path.cwd()).seconds


def train_judge(
    recipes: list[Recipe], settings: Params, short: Params, folder: Path
) -> judge.Judge:
    """Render songs and train the judge on them. short: the params that songs are rendered with."""
    items = [(recipe, short, folder) for recipe in recipes]
    rendered = map_all(judge.render, items, "judge's songs")
    items = [(path, settings) for path in rendered]
    features = map_all(judge.extract_features, items, "judge's features")
    return judge.train_judge(features, [recipe.region for recipe in recipes], settings)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("composers", nargs="*", type=Path, default=[paths.COMPOSER])
    folders = parser.parse_args().composers
    settings = params.load()
    if settings.corpus != "folk":
        raise ConfigError(
            f"params.yaml: corpus is {settings.corpus!r}. This benchmark renders songs of its own "
            "and so needs `corpus: folk`."
        )
    seconds = [compared_songs.SECONDS] * 2  # shortest and longest
    short = settings.with_changes({"folk.seconds": seconds})
    basic_pitch.fetch_weights(paths.BASIC_PITCH_WEIGHTS)
    musicnn.make_network(settings.musicnn)
    composers = {
        "true" if load_writer(folder, "decoder").one_voice else "transcribed": folder
        for folder in folders
    }
    rows, predictions = [], {}
    with tempfile.TemporaryDirectory(prefix="generate-") as temporary:
        folder = Path(temporary)
        training, real = judge.choose_songs(short)
        arbiter = train_judge(training, settings, short, folder)
        song_sets = make_song_sets(composers, real, short, folder)
        for (notes, method, guided), songs in song_sets.items():
            items = [(song["path"], settings) for song in songs]
            features = map_all(judge.extract_features, items, f"judge {method}")
            predicted = arbiter.predict_regions(features)
            predictions[notes, method, guided] = predicted
            if method == "real":  # how far two sets of real songs are apart
                reference = load_writer(composers[notes], "decoder").training_pieces()
            else:
                real_songs = song_sets[notes, "real", False]
                reference = [piece for song in real_songs for piece in song["pieces"]]
            facts = {"corpus": "folk", "notes": notes, "method": method, "guided": guided}
            rows.append(make_row(songs, reference, predicted, facts))
            rows[-1]["judge_on_real"] = rows[0]["adherence"]  # the first row is of real songs
        listening_page.write_page(song_sets, predictions, LISTEN)
    runs = {key: [song["run"] for song in songs] for key, songs in song_sets.items()}
    speed = {
        "guided_60_s": round(time_command(folders[0]), 2),
        "unguided_60_s": round(time_command(folders[0], "--no-guide"), 2),
    }
    names = ["notes", "method", "guided", "adherence", "novel_share", "median_run"]
    names += [name for name in rows[0] if name.endswith("distance")] + ["seconds_per_piece"]
    print_table(names, [[row[name] for name in names] for row in rows])
    print(
        f"`musicregion generate`, {COMMAND_SECONDS} s: {speed['guided_60_s']} s; with --no-guide "
        f"{speed['unguided_60_s']} s"
    )
    validation = {
        notes: load_writer(composer, "decoder").card["validation"]
        for notes, composer in composers.items()
    }
    write_json(RESULT, {"rows": rows, **speed, "validation": validation})
    plot_generated(rows, runs, COPIED, RESULT.with_suffix(".png"))
    print_source("generate", RESULT, RESULT.with_suffix(".png"), LISTEN / "index.html")


if __name__ == "__main__":
    run(main)
