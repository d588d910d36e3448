"""The picture of benchmarks.search: the best value so far, and its test score."""

from pathlib import Path

import numpy as np

from musicregion.storage.files import writing


def plot_searches(rows: list[dict], unsearched: dict[str, float], path: Path) -> None:
    """Plot against trials and against CPU time; lines are means of the seeds, bands their range.

    rows, unsearched: as in search.json.
    """
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
                of_method = [row for row in rows if row["method"] == method]
                seeds = sorted({row["seed"] for row in of_method})
                searches = [[row for row in of_method if row["seed"] == seed] for seed in seeds]
                values = np.array([[row[quantity] for row in search] for search in searches])
                x = np.mean([[row[axis] for row in search] for search in searches], axis=0)
                (mean_line,) = panel.plot(x, values.mean(axis=0), label=method)
                low, high = values.min(axis=0), values.max(axis=0)
                panel.fill_between(x, low, high, alpha=0.15, color=mean_line.get_color(), lw=0)
            if quantity == "test":
                panel.axhline(unsearched["test"], color="black", ls=":", lw=1, label="no search")
            panel.set_xlabel(name)
            panel.grid(alpha=0.3)
        panels[line, 0].set_ylabel(f"mean log-likelihood of\n{label}, best trial so far")
    panels[1, 0].legend()
    with writing(path) as part:
        figure.savefig(part, dpi=110, format="png")
    plt.close(figure)
