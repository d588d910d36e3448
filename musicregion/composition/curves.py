"""Plots the training curves of a composer."""

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd


def plot_likelihood(history: pd.DataFrame, baseline: float, path: Path) -> None:
    """Plot the negative log-likelihood over epochs, in nats a note.

    history: epoch, loss, val_loss. baseline: the n-gram model's, on validation songs.
    """
    figure, axes = plt.subplots(figsize=(7, 4.2), layout="constrained")
    axes.plot(history["epoch"], history["loss"], label="training (dropout)")
    axes.plot(history["epoch"], history["val_loss"], label="validation songs")
    axes.axhline(baseline, color="grey", linestyle=":", label="n-gram, validation songs")
    axes.set(xlabel="epoch", ylabel="surprise (nats a note)", ylim=(0, None))
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=110)
    plt.close(figure)
