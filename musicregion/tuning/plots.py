"""Plots of a search: its history, which params matter, and where the good values lie."""

from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import optuna

if TYPE_CHECKING:
    from matplotlib.axes import Axes

matplotlib.use("Agg")


def plot_search(study: optuna.Study, folder: Path) -> None:
    """Write history.png, parallel.png, slices.png and, if values differ, importances.png."""
    from optuna.visualization import matplotlib as visualization

    values = [trial.value for trial in study.trials if trial.state.name == "COMPLETE"]
    save_figure(visualization.plot_optimization_history(study), folder / "history.png")
    save_figure(visualization.plot_parallel_coordinate(study), folder / "parallel.png")
    save_figure(visualization.plot_slice(study), folder / "slices.png")
    if len(set(values)) > 1:
        save_figure(visualization.plot_param_importances(study), folder / "importances.png")


def save_figure(axes: "Axes | np.ndarray", path: Path) -> None:
    """Save and close the figure of some axes: one Axes, or an array of them."""
    figure = np.asarray(axes, dtype=object).ravel()[0].figure
    figure.savefig(path, dpi=110, bbox_inches="tight")
    plt.close(figure)
