"""The picture of benchmarks.heard_tunes: adherence by the tunes alone."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np

from musicregion.storage.files import writing

COLOURS = {"real tunes": "0.4", "n-gram": "C1", "n-gram with form": "C1", "decoder": "C0"}


def plot_heard(rows: list[dict], largest: float, path: Path) -> None:
    """Bars with intervals. rows: of heard_tunes.json. largest: the largest region's share."""
    figure, axes = plt.subplots(figsize=(8, 4.8), layout="constrained")
    for position, row in enumerate(reversed(rows)):
        value = row["adherence"]
        axes.barh(
            position,
            value,
            color=COLOURS.get(row["kind"], "C2"),
            alpha=0.55 if row["guided"] else 1,
            xerr=np.maximum([[value - row["low"]], [row["high"] - value]], 0),
            ecolor="0.2",
            capsize=3,
        )
        axes.text(0.01, position, f"{value:.2f}", va="center", color="white", weight="bold")
    names = [
        f"{row['kind']}{', guided' if row['guided'] else ''}, by {row['judged']}"
        for row in reversed(rows)
    ]
    axes.set_yticks(range(len(rows)), names)
    axes.axvline(largest, color="grey", linestyle=":", label="always the largest region")
    axes.set(xlabel="share judged to be of the requested region (95 % interval)", xlim=(0, 1))
    axes.grid(alpha=0.3, axis="x")
    figure.legend(loc="outside lower right")  # elsewhere it would cover an interval
    with writing(path) as part:
        figure.savefig(part, dpi=110, format="png")
    plt.close(figure)
