"""`python -m benchmarks.protocol`: how much of an accuracy is memory.

The same models on the same features in data/ (`dvc repro`, or `dvc exp run -S corpus=games`),
trained and tested in two ways:

- leaky, as tutorials do it: oversample, then split *segments* at random, so that the training part
  holds other segments of a test song, and copies of the very segment;
- honest, as here: split songs, copies of a recording together, then oversample training songs.

Both train on three fifths and stop early by another fifth; a song's prediction is the mean of its
tested segments' log-probabilities. Writes a row for each model into
benchmarks/results/protocol.json, beside those of other corpora, and plots all in protocol.png.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.report import RESULTS, print_source, print_table, read_rows, write_json
from musicregion.command import run
from musicregion.config import params
from musicregion.config.params import Params
from musicregion.dataset.dataset import Dataset
from musicregion.storage.files import writing

TABLE = RESULTS / "protocol.json"
MODELS = ("svm", "dense_deep", "cnn")
PATIENCE = 3  # epochs
FIFTHS = 5
WAYS = {  # how they are plotted: label, shift of the bar, colour
    "leaky": ("segments split at random, after oversampling", -0.2, "tab:orange"),
    "honest": ("songs split, then oversampling", 0.2, "tab:blue"),
}


def split_leaky(data: Dataset, seed: int) -> tuple[Dataset, list[np.ndarray]]:
    """Oversampled segments, and the rows of train, validation and test, drawn from them."""
    from musicregion.dataset.balance import oversample

    random = np.random.default_rng(seed)
    known = data.known()
    rows = known[oversample(data.labels[known], random)]
    oversampled = data.take(rows)
    fifth = random.permutation(len(rows)) % FIFTHS
    parts = [np.flatnonzero(fifth > 1), np.flatnonzero(fifth == 1), np.flatnonzero(fifth == 0)]
    return oversampled, parts


def measure_accuracies(
    data: Dataset, parts: list[np.ndarray], settings: Params
) -> tuple[float, float]:
    """Accuracy of test segments, and of the songs that they make up.

    parts: rows of train, validation and test. Every model gets single segments: the statistics of
    a song would contain its test segments too.
    """
    from musicregion.models import fit
    from musicregion.models.opinion_pool import combine_segments

    train, validation, test = parts
    single = np.array([f"segment-{row:07}" for row in range(len(data.songs))])
    segments = replace(data, songs=single, groups=single)
    model, _ = fit.fit_model(segments, train, validation, settings, lambda epoch, metrics: None)
    probabilities = model.predict_segments(segments, test)
    songs, song_probabilities = combine_segments(probabilities, data.songs[test])
    label = dict(zip(data.songs[test], data.labels[test], strict=True))
    actual = np.array([label[song] for song in songs])
    return (
        float((probabilities.argmax(axis=1) == data.labels[test]).mean()),
        float((song_probabilities.argmax(axis=1) == actual).mean()),
    )


def plot_rows(rows: list[dict], path: Path) -> None:
    """Two bars for every model and corpus: leaky and honest segment accuracy."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    positions = np.arange(len(rows))
    figure, axes = plt.subplots(figsize=(2.2 + 1.3 * len(rows), 4.6), layout="constrained")
    for way, (label, shift, colour) in WAYS.items():
        values = [row[f"{way}_segment_accuracy"] for row in rows]
        bars = axes.bar(positions + shift, values, 0.4, color=colour, label=label)
        axes.bar_label(bars, fmt="%.2f", padding=2)
    axes.set_xticks(positions, [f"{row['model']}\n{row['corpus']}" for row in rows])
    axes.set(ylabel="test segments classified correctly (share)", ylim=(0, 1.35))
    axes.legend(loc="upper left", fontsize=9)
    axes.set_title("The same models and features, split in two ways", fontsize=11)
    with writing(path) as part:
        figure.savefig(part, dpi=110, format="png")
    plt.close(figure)


def main() -> None:
    settings = params.load_for_command(__doc__)
    from musicregion.dataset import loading

    data = loading.load_dataset(settings.kinds)
    oversampled, leaky_parts = split_leaky(data, settings.split.seed)
    honest_parts = [data.rows(part) for part in ("train", "validation", "test")]
    rows = [row for row in read_rows(TABLE) if row["corpus"] != settings.corpus]
    train = settings.train.model_copy(update={"patience": PATIENCE})
    for model in MODELS:
        model_settings = settings.model_copy(update={"model": model, "train": train})
        leaky_segment, leaky_song = measure_accuracies(oversampled, leaky_parts, model_settings)
        honest_segment, honest_song = measure_accuracies(data, honest_parts, model_settings)
        rows.append(
            {
                "corpus": settings.corpus,
                "features": settings.features,
                "model": model,
                "leaky_segment_accuracy": round(leaky_segment, 4),
                "honest_segment_accuracy": round(honest_segment, 4),
                "leaky_song_accuracy": round(leaky_song, 4),
                "honest_song_accuracy": round(honest_song, 4),
            }
        )
    write_json(TABLE, rows)
    plot_rows(rows, TABLE.with_suffix(".png"))
    scores = [(unit, way) for unit in ("segment", "song") for way in WAYS]
    print_table(
        ["corpus", "model", *(f"{unit}s, {way}" for unit, way in scores)],
        [
            [row["corpus"], row["model"]]
            + [f"{row[f'{way}_{unit}_accuracy']:.2f}" for unit, way in scores]
            for row in rows
        ],
    )
    print_source("protocol", TABLE, TABLE.with_suffix(".png"))


if __name__ == "__main__":
    run(main)
