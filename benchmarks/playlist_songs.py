"""`python -m benchmarks.playlist_songs`: are songs that were made from audio alone their regions'?

Nobody has written down the notes of the corpus's songs: compose has learned from transcriptions,
and the guide chooses the instruments of a region. The judge is a classifier with other features
(musicnn) that has learned from the test part: neither the composer nor the guide has. Real songs,
for comparison, are those of the other parts, as they are and with their transcribed notes played by
the instruments that the guide chose. Needs, with several songs of each region in each part:

    dvc exp run -S corpus=games -S split.folds=3 -S transcribe.songs=all \
      -S compose.notes=transcribed -S compose.epochs=10

Writes benchmarks/results/playlist_songs.json.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import judge
from benchmarks.compared_songs import GUIDE, load_writer
from benchmarks.report import RESULTS, print_source, print_table, write_json
from benchmarks.tasks import map_all
from benchmarks.transcribed_songs import SECONDS, SEED, SONGS, make_songs
from musicregion.command import run
from musicregion.config import params
from musicregion.config.params import Params
from musicregion.errors import ConfigError
from musicregion.evaluation.metrics import bootstrap_interval
from musicregion.features import musicnn
from musicregion.generation.choose_palette import choose_palette
from musicregion.generation.order import Order
from musicregion.storage import paths, tables

RESULT = RESULTS / "playlist_songs.json"
GOAL = 0.5  # share of the unguided songs that the judge gives to their region
REAL, BEST = "real songs", "decoder"


def choose_real_songs(songs: pd.DataFrame) -> pd.DataFrame:
    """At most SONGS random songs of each region that the judge has not learned from."""
    others = songs[songs["part"] != "test"].sample(frac=1, random_state=SEED)
    return others.groupby("region").head(SONGS)


def make_row(kind: str, guided: bool, regions: list[str], predicted: list[str]) -> dict:
    """The row of a kind of songs. predicted: by the judge."""
    right = np.array([region == name for region, name in zip(regions, predicted, strict=True)])
    low, high = bootstrap_interval(right, np.arange(len(right)), SEED)
    by_region = pd.Series(right).groupby(regions).mean().round(2).to_dict()
    row = {"kind": kind, "guided": guided, "songs": len(right)}
    row |= {"adherence": round(float(right.mean()), 4)}
    return row | {"low": round(low, 4), "high": round(high, 4), "by_region": by_region}


def format_row(row: dict) -> list[str]:
    """The cells of a row of the table."""
    cells = [row["kind"], "yes" if row["guided"] else "no", str(row["songs"])]
    return [*cells, f"{row['adherence']:.2f}", f"{row['low']:.2f} to {row['high']:.2f}"]


def judge_all(settings: Params, songs: pd.DataFrame, folder: Path) -> tuple[list[dict], dict]:
    """A row for each kind of songs, and the instruments of each region by their palette's name."""
    orders, chosen = {}, {}
    for region in sorted(songs["region"].unique()):
        order = Order(paths.COMPOSER, GUIDE, region, SECONDS, SEED)
        chosen[region], orders[order] = choose_palette(order, settings.corpus)
    taught, real = songs[songs["part"] == "test"], choose_real_songs(songs)
    sets = {(REAL, False): (real["region"].tolist(), [Path(path) for path in real["path"]])}
    for key, made in make_songs(orders, folder).items():
        sets[key] = [song["region"] for song in made], [song["path"] for song in made]

    def extract(files: list[Path], label: str) -> list[np.ndarray]:
        return map_all(judge.extract_features, [(path, settings) for path in files], label)

    features = extract([Path(path) for path in taught["path"]], "judge's songs")
    arbiter = judge.train_judge(features, taught["region"].tolist(), settings)
    rows = [
        make_row(*key, regions, arbiter.predict_regions(extract(files, f"judge {key[0]}")))
        for key, (regions, files) in sets.items()
    ]
    return rows, chosen


def main() -> None:
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    settings = params.load()
    if load_writer(paths.COMPOSER, "decoder").one_voice:
        raise ConfigError("This benchmark needs `compose.notes: transcribed`, see --help.")
    musicnn.make_network(settings.musicnn)
    songs = tables.SONGS.read().merge(tables.SPLITS.read()[["song", "part"]], on="song")
    songs = songs[songs["part"].isin(["train", "validation", "test"])]
    with tempfile.TemporaryDirectory(prefix="playlist-songs-") as temporary:
        rows, palettes = judge_all(settings, songs, Path(temporary))
    titles = "kind", "guided", "songs", "share given to their region", "95 % interval"
    print_table(titles, map(format_row, rows))
    print("instruments: " + ", ".join(f"{region}: {name}" for region, name in palettes.items()))
    unguided = next(r for r in rows if r["kind"] == BEST and not r["guided"])["adherence"]
    print(f"the judge gives {unguided} of the decoder's first tries to their region; goal {GOAL}")
    facts = {"corpus": settings.corpus, "palettes": palettes}
    write_json(RESULT, {"rows": rows, "judge_songs": int((songs["part"] == "test").sum())} | facts)
    print_source("playlist_songs", RESULT)


if __name__ == "__main__":
    run(main)
