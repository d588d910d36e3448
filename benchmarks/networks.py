"""`python -m benchmarks.networks`: the three tutorial networks side by side on the data in data/.

Trains each as `dvc repro` does, on the same split, and writes, with the corpus's name in theirs,
benchmarks/results/networks_*.json and the confusion matrix of the chosen model. One split, so wide
intervals.
"""

import json
import os
import time
from pathlib import Path

from stages import params

FOLDER = Path("benchmarks/results")


def main() -> None:
    settings = params.from_command(__doc__)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from stages import dataset, plots, report, train

    data = dataset.load(settings.features)
    FOLDER.mkdir(exist_ok=True)
    rows = []
    for model in ("dense_deep", "dense", "cnn"):
        chosen = settings.model_copy(update={"model": model})
        start = time.perf_counter()
        network, history = train.fit(data, chosen, lambda epoch, metrics: None)
        seconds = time.perf_counter() - start
        probabilities = network.predict(data.features, batch_size=256, verbose=0)
        metrics = report.measure(data, probabilities, settings.train.seed)
        song = metrics["test"]["song"]
        rows.append(
            {
                "corpus": settings.corpus,
                "features": settings.features,
                "model": model,
                "validation_song_accuracy": metrics["validation"]["song"]["accuracy"],
                "test_song_accuracy": song["accuracy"],
                "low": song["accuracy_low"],
                "high": song["accuracy_high"],
                "test_song_macro_f1": song["macro_f1"],
                "test_segment_accuracy": metrics["test"]["segment"]["accuracy"],
                "majority": song["majority_accuracy"],
                "epochs": len(history),
                "train_s": round(seconds, 1),
            }
        )
        if model == settings.model:
            songs = report.levels(data, probabilities, "test")["song"]
            plots.confusion(
                songs.actual,
                songs.predicted,
                data.regions,
                "song",
                f"{model} on {settings.features}, corpus {settings.corpus}",
                FOLDER / f"networks_{settings.corpus}_confusion.png",
            )
    (FOLDER / f"networks_{settings.corpus}.json").write_text(json.dumps(rows, indent=2) + "\n")
    print("| model | validation songs | test songs | 95 % interval | macro-F1 | segments | train |")
    print("|---|---|---|---|---|---|---|")
    for row in rows:
        print(
            f"| {row['model']} | {row['validation_song_accuracy']:.2f} "
            f"| {row['test_song_accuracy']:.2f} | {row['low']:.2f} to {row['high']:.2f} "
            f"| {row['test_song_macro_f1']:.2f} | {row['test_segment_accuracy']:.2f} "
            f"| {row['train_s']:.0f} s |"
        )
    print(f"\nAlways naming the largest region: {rows[0]['majority']:.2f} of test songs.")


if __name__ == "__main__":
    main()
