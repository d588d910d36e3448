"""The picture of benchmarks.search: best value so far, and what the test songs say of it."""

from pathlib import Path

import numpy as np


def draw(rows: list[dict], standard: dict[str, float], path: Path) -> None:
    """Against trials and against CPU time; a line is the mean of the seeds, a band their range."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(2, 2, figsize=(10, 7), sharey="row", layout="constrained")
    for line, (quantity, label) in enumerate(
        [("best_validation", "validation songs"), ("test", "test songs")]
    ):
        for column, (axis, name) in enumerate(
            [("trials", "trials"), ("cpu_s", "CPU time, seconds (mean of the seeds)")]
        ):
            panel = panels[line, column]
            for method in dict.fromkeys(row["method"] for row in rows):
                own = [row for row in rows if row["method"] == method]
                seeds = sorted({row["seed"] for row in own})
                values = np.array([[r[quantity] for r in own if r["seed"] == s] for s in seeds])
                along = np.mean([[r[axis] for r in own if r["seed"] == s] for s in seeds], axis=0)
                (drawn,) = panel.plot(along, values.mean(axis=0), label=method)
                low, high = values.min(axis=0), values.max(axis=0)
                panel.fill_between(along, low, high, alpha=0.15, color=drawn.get_color(), lw=0)
            if quantity == "test":
                panel.axhline(standard["test"], color="black", ls=":", lw=1, label="no search")
            panel.set_xlabel(name)
            panel.grid(alpha=0.3)
        panels[line, 0].set_ylabel(f"mean log-likelihood of\n{label}, best trial so far")
    panels[1, 0].legend()
    figure.savefig(path, dpi=110)
    plt.close(figure)
