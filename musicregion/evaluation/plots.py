"""Plots of a training: curves over epochs, confusion matrices, reliability diagrams."""

from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from musicregion.evaluation.metrics import Predictions
from musicregion.models import calibration

matplotlib.use("Agg")


def plot_curves(history: pd.DataFrame, best: int, title: str, path: Path) -> None:
    """Accuracy and loss of training and validation; bars for a model without epochs.

    history: epoch and metrics by their Keras names, one row per epoch.
    best: the epoch whose weights the model has.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    for axes, name, label in (
        (left, "accuracy", "segment accuracy (share)"),
        (right, "loss", "loss (cross-entropy and L2, nats)"),
    ):
        if len(history) == 1:  # a model without epochs
            axes.bar(["training", "validation"], history[[name, f"val_{name}"]].iloc[0], width=0.5)
            axes.set(ylabel=label)
            axes.grid(alpha=0.3, axis="y")
            continue
        axes.plot(history["epoch"], history[name], label="training")
        axes.plot(history["epoch"], history[f"val_{name}"], label="validation")
        axes.axvline(best, color="grey", linestyle=":", label=f"best: epoch {best}")
        axes.set(xlabel="epoch", ylabel=label)
        axes.grid(alpha=0.3)
        axes.legend()
    left.set_ylim(0, 1.02)
    figure.suptitle(title)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def plot_confusion(
    actual: np.ndarray, predicted: np.ndarray, regions: list[str], unit: str, title: str, path: Path
) -> None:
    """Confusion matrix: counts as text, recall as colour.

    actual, predicted: int [n]; unit: "song" or "segment".
    """
    counts = np.zeros((len(regions), len(regions)), int)  # [actual, predicted]
    np.add.at(counts, (actual, predicted), 1)
    recall = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = 2.8 + 0.62 * len(regions)
    figure, axes = plt.subplots(figsize=(size + 1, size), layout="constrained")
    image = axes.imshow(recall, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(counts.shape):
        if counts[row, column]:
            colour = "white" if recall[row, column] > 0.55 else "black"
            axes.text(column, row, str(counts[row, column]), ha="center", va="center", color=colour)
    axes.set_xticks(range(len(regions)), regions, rotation=40, ha="right")
    axes.set_yticks(range(len(regions)), regions)
    summary = f"{len(actual)} test {unit}s, {np.trace(counts)} classified correctly"
    axes.set(xlabel="predicted region", ylabel="true region", title=f"{title}\n{summary}")
    figure.colorbar(image, label=f"share of the true region's {unit}s", shrink=0.8)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def plot_reliability(
    predictions: dict[str, tuple[Predictions, np.ndarray]], title: str, path: Path
) -> None:
    """Reliability diagram before and after calibration (Guo et al. 2017).

    predictions: by unit, those for test and their calibrated probabilities [n, region].
    """
    figure, panels = plt.subplots(1, len(predictions), figsize=(11, 4.8), layout="constrained")
    for axes, (unit, (raw, calibrated)) in zip(panels, predictions.items(), strict=True):
        axes.plot([0, 1], [0, 1], color="grey", linestyle=":", label="perfectly calibrated")
        for name, probabilities in (("before", raw.probabilities), ("after", calibrated)):
            share, confidence, accuracy = calibration.confidence_bins(probabilities, raw.actual).T
            filled = share > 0
            error = calibration.expected_calibration_error(probabilities, raw.actual)
            label = f"{name} calibration, expected calibration error {error:.2f}"
            (line,) = axes.plot(confidence[filled], accuracy[filled], label=label)
            sizes = 20 + 400 * share[filled]
            axes.scatter(confidence[filled], accuracy[filled], sizes, color=line.get_color())
        axes.set(
            xlabel=f"confidence, mean over {unit}s (area: number of {unit}s)",
            ylabel=f"{unit}s classified correctly (share)",
            xlim=(0, 1),
            ylim=(-0.03, 1.03),
        )
        axes.grid(alpha=0.3)
        axes.legend(loc="upper left", fontsize=8)
    figure.suptitle(title)
    figure.savefig(path, dpi=110)
    plt.close(figure)
