"""`python -m benchmarks.tonal`: which of a song's patterns tell its region, and how fast are they?

On the corpus of params.yaml, whose segments must be in data/ (`dvc exp run -S corpus=onegame`).
Trains the committee on tonal, on each group of its channels alone, and on all but the group; songs
unseen, 5 folds, once (all channels: 3 repeats as well). Then measures the CPU time of the
extraction, and says where it goes.
Writes benchmarks/results/tonal.json.
"""

import cProfile
import pstats
import time
from dataclasses import replace

import numpy as np
from tqdm import tqdm

from benchmarks.choice import score_folds
from benchmarks.report import RESULTS, print_source, print_table, read_rows, write_json
from musicregion.command import run
from musicregion.config import params
from musicregion.config.params import Params
from musicregion.dataset import loading
from musicregion.dataset.dataset import Dataset
from musicregion.evaluation.crossvalidation import assign_segment_folds
from musicregion.features import tonal
from musicregion.features.extract import extract_corpus
from musicregion.features.kind import extract_song
from musicregion.models.sklearn_fit import fit_sklearn
from musicregion.storage import tables
from musicregion.storage.paths import SEGMENT_FLACS, features_array

RESULT = RESULTS / "tonal.json"
FOLDS, REPEATS = 5, 3
TIMED = 10  # songs
SLOWEST = 6  # functions that are listed


def predict_folds(data: Dataset, settings: Params, repeats: int = 1) -> list[dict]:
    """Predictions of every song by models that were not trained on it, as score_folds takes them.

    A model is trained on all the other folds: none is needed for validation.
    """
    folds = []
    for repeat in range(repeats):
        fold_of_rows = assign_segment_folds(data, FOLDS, settings.split.seed + repeat)
        for fold in range(FOLDS):
            train = np.flatnonzero((fold_of_rows >= 0) & (fold_of_rows != fold))
            test = np.flatnonzero(fold_of_rows == fold)
            model, _ = fit_sklearn(data, train, None, settings, lambda epoch, metrics: None)
            songs, probabilities = model.predict_songs(data, test)
            first = test[np.unique(data.songs[test], return_index=True)[1]]
            row = {"actual": data.labels[first].tolist(), "groups": data.groups[first].tolist()}
            folds.append(row | {"songs": songs.tolist(), "probabilities": probabilities.tolist()})
    return folds


def select_channels(data: Dataset, selected: np.ndarray) -> Dataset:
    """selected: bool [channel]."""
    return replace(data, features={"tonal": data.features["tonal"][:, :, selected]})


def compare_groups(data: Dataset, settings: Params) -> list[dict]:
    """The accuracy with all channels; with each group's alone; and without them."""
    whole = np.ones(data.features["tonal"].shape[2], bool)
    seed = settings.train.seed
    rows = [{"group": "all", "channels": len(whole)}]
    folds = predict_folds(data, settings, REPEATS)
    rows[0] |= {"alone": score_folds(folds[:FOLDS], seed), "repeated": score_folds(folds, seed)}
    for name, channels in tqdm(tonal.channels().items(), "groups", unit="group"):
        group = np.zeros(len(whole), bool)
        group[channels] = True
        row = {"group": name, "channels": int(group.sum())}
        for way, selected in (("alone", group), ("without", ~group)):
            row[way] = score_folds(predict_folds(select_channels(data, selected), settings), seed)
        rows.append(row)
    return rows


def time_extraction(settings: Params) -> dict:
    """Seconds of audio a second, and the functions with the largest shares of the time."""
    segments = tables.SEGMENTS.read()
    songs = segments.groupby(["region", "song"]).size().reset_index(name="segments")
    songs = songs.iloc[:: max(1, len(songs) // TIMED)]
    sample_rate = settings.segment.sample_rate
    front_end = tonal.KIND.make_front_end(sample_rate, 0, settings.tonal)
    network = tonal.fetch_network(settings.tonal)

    def extract() -> None:
        for row in songs.itertuples():
            path = SEGMENT_FLACS / row.region / f"{row.song}.flac"
            extract_song(tonal.compute_song, path, row.segments, front_end, settings.tonal, network)

    start = time.process_time()  # of all threads
    extract()
    seconds = time.process_time() - start
    with cProfile.Profile() as profiler:
        extract()
    entries = pstats.Stats(profiler).get_stats_profile().func_profiles
    total = sum(entry.tottime for entry in entries.values())
    largest = sorted(entries.items(), key=lambda item: -item[1].tottime)[:SLOWEST]
    audio = float(songs["segments"].sum()) * settings.segment.window
    return {
        "songs": len(songs),
        "audio_s": audio,
        "x_realtime": round(audio / seconds, 1),
        "profile": [
            {"function": name, "share": round(entry.tottime / total, 3)} for name, entry in largest
        ],
    }


def main() -> None:
    settings = params.load_for_command(__doc__)
    settings = settings.model_copy(update={"features": "tonal", "model": "committee"})
    if not features_array("tonal").is_file():
        extract_corpus("tonal", tonal.KIND, settings.tonal)
    data = loading.load_dataset(("tonal",))
    rows = compare_groups(data, settings)
    print_table(
        ["group", "channels", "alone", "macro recall", "without", "95 % interval"],
        [
            (
                row["group"],
                row["channels"],
                f"{row['alone']['song_accuracy']:.3f}",
                f"{row['alone']['macro_recall']:.3f}",
                f"{row['without']['song_accuracy']:.3f}" if "without" in row else "",
                "{low:.2f} to {high:.2f}".format(**row.get("without", row["alone"])),
            )
            for row in rows
        ],
    )
    speed = time_extraction(settings)
    print(
        "\nall, {} repeats: {song_accuracy}, {low} to {high}".format(REPEATS, **rows[0]["repeated"])
    )
    print(f"{speed['x_realtime']:.0f} times real time on one core")
    print_table(["function", "share"], [tuple(row.values()) for row in speed["profile"]])
    songs = len(np.unique(data.songs[data.known()]))
    corpus = {"corpus": settings.corpus, "songs": songs}
    others = [row for row in read_rows(RESULT) if not corpus.items() <= row.items()]
    write_json(RESULT, [*others, corpus | {"groups": rows} | speed])
    print_source("tonal", RESULT)


if __name__ == "__main__":
    run(main)
