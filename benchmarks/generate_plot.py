"""The picture of benchmarks.generate: adherence, and how much is copied."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np

from musicregion.storage.files import writing

COLOURS = {"real": "0.4", "ngram": "C1", "decoder": "C0"}
NAMES = {"real": "real songs", "ngram": "n-gram", "decoder": "decoder"}
LONGEST_SHOWN = 30  # notes


def song_set_name(notes: str, method: str, guided: bool) -> str:
    return (
        NAMES[method]
        + (f", {notes} notes" if method != "real" else "")
        + (", guided" if guided else "")
    )


def plot_adherence(rows: list[dict], axes: plt.Axes) -> None:
    """Bars with intervals. rows: of generate.json, from top to bottom."""
    for position, row in enumerate(reversed(rows)):
        value = row["adherence"]
        edges = [[value - row["adherence_low"]], [row["adherence_high"] - value]]
        axes.barh(
            position,
            value,
            color=COLOURS[row["method"]],
            alpha=1 if row["guided"] or row["method"] == "real" else 0.55,
            xerr=np.maximum(edges, 0),
            ecolor="0.2",
            capsize=3,
        )
        axes.text(0.02, position, f"{value:.2f}", va="center", color="white", weight="bold")
    labels = [song_set_name(row["notes"], row["method"], row["guided"]) for row in reversed(rows)]
    axes.set_yticks(range(len(rows)), labels)
    axes.set(xlabel="share predicted to be of the requested region (95 % interval)", xlim=(0, 1))
    axes.grid(alpha=0.3, axis="x")


def plot_copied_runs(runs: dict[tuple, list[int]], limit: int, axes: plt.Axes) -> None:
    """Shares of the songs by the length of their longest copied run; see plot_generated."""
    for (notes, method, guided), lengths in runs.items():
        x = np.arange(0, max(limit + 1, *lengths) + 1)
        share = [(np.array(lengths) >= length).mean() for length in x]
        axes.plot(x, share, color=COLOURS[method], label=song_set_name(notes, method, guided))
    axes.axvline(limit, color="grey", linestyle=":", label=f"{limit} notes")
    axes.set(
        xlabel="longest run of notes that a training song has too",
        ylabel="share of the songs with at least so many",
        ylim=(0, 1.02),
        xlim=(0, LONGEST_SHOWN),
    )
    axes.grid(alpha=0.3)
    axes.legend()


def plot_generated(rows: list[dict], runs: dict[tuple, list[int]], limit: int, path: Path) -> None:
    """Plot both.

    rows: of generate.json. runs: longest copied runs (notes) by notes, method, guided. limit: the
    run (notes) from which a song counts as copied.
    """
    shown = [row for index, row in enumerate(rows) if row["method"] != "real" or index == 0]
    unguided = {
        key: lengths for key, lengths in runs.items() if not key[2] and key[0] == rows[0]["notes"]
    }
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.6), layout="constrained")
    plot_adherence(shown, left)
    plot_copied_runs(unguided, limit, right)
    with writing(path) as part:
        figure.savefig(part, dpi=110, format="png")
    plt.close(figure)
