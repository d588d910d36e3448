"""`python -m benchmarks.protocol`: how much of an accuracy is memory.

The same models on the same features in data/ (`dvc repro`, or `dvc exp run -S corpus=games`),
trained and tested in two ways:

- leaky, as tutorials do it: oversample, then divide *segments* at random, so that other parts of
  a test song, and copies of the very segment, are trained on;
- honest, as here: divide songs, copies of a recording together, then oversample training songs.

Both train on three fifths and stop by another fifth; a song's answer is the mean of its tested
segments' log-probabilities. Writes a row for each model into benchmarks/results/protocol.json,
beside those of other corpora, and draws all of them in protocol.png.
"""

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np

from musicregion.command import run
from musicregion.config import params
from musicregion.config.params import Params
from musicregion.dataset.dataset import Dataset

RESULTS = Path("benchmarks/results")
MODELS = ("svm", "dense_deep", "cnn")
PATIENCE = 3  # epochs
FIFTHS = 5


def leaky(data: Dataset, seed: int) -> tuple[Dataset, list[np.ndarray]]:
    """Oversampled segments, and the rows of three parts that were drawn from them."""
    from musicregion.dataset.balance import oversample

    random = np.random.default_rng(seed)
    known = data.known()
    drawn = known[oversample(data.labels[known], random)]
    many = Dataset(
        data.features[drawn],
        data.labels[drawn],
        data.songs[drawn],
        data.groups[drawn],
        data.parts[drawn],
        data.regions,
    )
    fifth = random.permutation(len(drawn)) % FIFTHS
    return many, [np.flatnonzero(fifth > 1), np.flatnonzero(fifth == 1), np.flatnonzero(fifth == 0)]


def accuracies(data: Dataset, rows: list[np.ndarray], settings: Params) -> tuple[float, float]:
    """Of test segments, and of the songs that they make up.

    Every model hears segments alone: a song's statistics would hold its test segments too.
    """
    from musicregion.models import fit
    from musicregion.models.opinion_pool import combine_segments

    train, validation, test = rows
    single = np.array([f"segment-{row:07}" for row in range(len(data.songs))])
    segments = replace(data, songs=single, groups=single)
    model, _ = fit.fit_model(segments, train, validation, settings, lambda epoch, metrics: None)
    answers = model.predict_segments(segments, test)
    songs, whole = combine_segments(answers, data.songs[test])
    label = dict(zip(data.songs[test], data.labels[test], strict=True))
    actual = np.array([label[song] for song in songs])
    return (
        float((answers.argmax(axis=1) == data.labels[test]).mean()),
        float((whole.argmax(axis=1) == actual).mean()),
    )


def draw(rows: list[dict], path: Path) -> None:
    """Two bars for every model and corpus: leaky and honest segment accuracy."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    place = np.arange(len(rows))
    figure, axes = plt.subplots(figsize=(2.2 + 1.3 * len(rows), 4.6), layout="constrained")
    for shift, way, colour in ((-0.2, "leaky", "tab:orange"), (0.2, "honest", "tab:blue")):
        values = [row[f"{way}_segment_accuracy"] for row in rows]
        label = {
            "leaky": "segments divided at random, after oversampling",
            "honest": "songs divided, then oversampling",
        }[way]
        bars = axes.bar(place + shift, values, 0.4, color=colour, label=label)
        axes.bar_label(bars, fmt="%.2f", padding=2)
    axes.set_xticks(place, [f"{row['model']}\n{row['corpus']}" for row in rows])
    axes.set(ylabel="test segments named rightly (share)", ylim=(0, 1.35))
    axes.legend(loc="upper left", fontsize=9)
    axes.set_title("The same models and features, two ways to divide them", fontsize=11)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main() -> None:
    settings = params.load_for_command(__doc__)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from musicregion.dataset import dataset

    data = dataset.load_dataset(settings.features)
    many, drawn = leaky(data, settings.split.seed)
    kept = [data.rows(part) for part in ("train", "validation", "test")]
    table = RESULTS / "protocol.json"
    rows = json.loads(table.read_text()) if table.is_file() else []
    rows = [row for row in rows if row["corpus"] != settings.corpus]
    short = settings.train.model_copy(update={"patience": PATIENCE})
    for model in MODELS:
        chosen = settings.model_copy(update={"model": model, "train": short})
        leaky_segment, leaky_song = accuracies(many, drawn, chosen)
        honest_segment, honest_song = accuracies(data, kept, chosen)
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
    table.write_text(json.dumps(rows, indent=2) + "\n")
    draw(rows, RESULTS / "protocol.png")
    print("| corpus | model | segments, leaky | segments, honest | songs, leaky | songs, honest |")
    print("|---|---|---|---|---|---|")
    for row in rows:
        values = " | ".join(
            f"{row[f'{way}_{unit}_accuracy']:.2f}"
            for unit in ("segment", "song")
            for way in ("leaky", "honest")
        )
        print(f"| {row['corpus']} | {row['model']} | {values} |")


if __name__ == "__main__":
    run(main)
