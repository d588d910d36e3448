"""Draws what each stage costs, by the number of songs."""

from pathlib import Path

from musicregion.storage.files import writing

COSTS = {"seconds": "seconds", "peak_mb": "peak memory, MB", "disk_mb": "outputs on disk, MB"}


def plot_growth(rows: list[dict], path: Path) -> None:
    """A panel for each cost, a line for each stage, both axes logarithmic. rows: of growth.json."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(1, len(COSTS), figsize=(12, 4), layout="constrained")
    for panel, (cost, label) in zip(panels, COSTS.items(), strict=True):
        for stage in dict.fromkeys(row["stage"] for row in rows):
            of_stage = [row for row in rows if row["stage"] == stage]
            panel.loglog(
                [row["songs"] for row in of_stage],
                [max(row[cost], 0.1) for row in of_stage],
                marker="o",
                label=stage,
            )
        panel.set(xlabel="songs", ylabel=label)
        panel.grid(alpha=0.3, which="both")
    panels[0].legend()
    with writing(path) as part:
        figure.savefig(part, dpi=110, format="png")
    plt.close(figure)
