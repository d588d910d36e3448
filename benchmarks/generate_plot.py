"""The picture of benchmarks.generate: adherence, and the length of what is copied."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np

COLOURS = {"real": "0.4", "ngram": "C1", "decoder": "C0"}
WORDS = {"real": "real songs", "ngram": "n-gram", "decoder": "decoder"}


def name(notes: str, method: str, guided: bool) -> str:
    return (
        WORDS[method]
        + (f", {notes} notes" if method != "real" else "")
        + (", guided" if guided else "")
    )


def plot(rows: list[dict], runs: dict[tuple, list[int]], path: Path) -> None:
    """rows: of generate.json. runs: longest copied runs (notes) by notes, method, guided."""
    shown = [row for place, row in enumerate(rows) if row["method"] != "real" or place == 0]
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.6), layout="constrained")
    for place, row in enumerate(reversed(shown)):
        value = row["adherence"]
        edges = [[value - row["adherence_low"]], [row["adherence_high"] - value]]
        left.barh(
            place,
            value,
            color=COLOURS[row["method"]],
            alpha=1 if row["guided"] or row["method"] == "real" else 0.55,
            xerr=np.maximum(edges, 0),
            ecolor="0.2",
            capsize=3,
        )
        left.text(0.02, place, f"{value:.2f}", va="center", color="white", weight="bold")
    labels = [name(row["notes"], row["method"], row["guided"]) for row in reversed(shown)]
    left.set_yticks(range(len(shown)), labels)
    left.set(xlabel="share that the judge gives to the asked region (95 % interval)", xlim=(0, 1))
    left.grid(alpha=0.3, axis="x")
    for (notes, method, guided), found in runs.items():
        if guided or notes != rows[0]["notes"]:
            continue
        lengths = np.arange(0, max(13, *found) + 1)
        share = [(np.array(found) >= length).mean() for length in lengths]
        right.plot(lengths, share, color=COLOURS[method], label=name(notes, method, guided))
    right.axvline(12, color="grey", linestyle=":", label="12 notes")
    right.set(
        xlabel="notes in a row that are also in a song that was learned from",
        ylabel="share of the songs with so many",
        ylim=(0, 1.02),
        xlim=(0, 30),
    )
    right.grid(alpha=0.3)
    right.legend()
    figure.savefig(path, dpi=110)
    plt.close(figure)
