"""Draws the ladder: accuracy of segments at each step, by two ways to divide them."""

from pathlib import Path

import numpy as np

from musicregion.storage.files import writing

WAYS = {  # label, shift of the bar, colour
    "random": ("segments divided at random, as the first attempt did", -0.2, "tab:orange"),
    "whole": ("songs kept whole", 0.2, "tab:blue"),
}


def plot_ladder(rows: list[dict], path: Path) -> None:
    """A panel for each corpus, two bars for each step, with 95 % intervals over songs."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    corpora = list(dict.fromkeys(row["corpus"] for row in rows))
    figure, panels = plt.subplots(
        len(corpora), 1, figsize=(9, 1 + 3.4 * len(corpora)), layout="constrained", squeeze=False
    )
    for axes, corpus in zip(panels[:, 0], corpora, strict=True):
        of_corpus = [row for row in rows if row["corpus"] == corpus]
        steps = list(dict.fromkeys(row["step"] for row in of_corpus))
        for way, (label, shift, colour) in WAYS.items():
            of_way = [row for row in of_corpus if row["way"] == way]
            values, low, high = (
                np.array([row[f"segment_{name}"] for row in of_way])
                for name in ("accuracy", "low", "high")
            )
            positions = np.array([steps.index(row["step"]) for row in of_way]) + shift
            bars = axes.bar(
                positions,
                values,
                0.4,
                yerr=[values - low, high - values],
                color=colour,
                label=label,
            )
            axes.bar_label(bars, [f"{value:.2f}" for value in values], padding=2)
        majority = max(row["segment_majority"] for row in of_corpus if row["way"] == "whole")
        axes.axhline(majority, color="grey", linestyle=":", label="always the largest region")
        reported = {row["step"]: row["reported"] for row in of_corpus}
        labels = [
            step.replace(", ", ",\n") + (f"\nreported {reported[step]}" if reported[step] else "")
            for step in steps
        ]
        axes.set_xticks(range(len(steps)), labels, fontsize=9)
        axes.set(ylabel="segments classified correctly", ylim=(0, 1.15), title=f"corpus {corpus}")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=3)
    with writing(path) as part:
        figure.savefig(part, dpi=110, format="png")
    plt.close(figure)
