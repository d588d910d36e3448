"""`musicregion table`: all DVC experiments and how many songs they classify correctly.

The best on validation songs comes first: a model is chosen by those, and then test songs say how
good it is. Accuracies are shares of songs, with a 95 % interval. An experiment that started from
another commit has that commit behind its name.
"""

import argparse
import sys

from musicregion.errors import NotEnoughData
from musicregion.tracking.experiments import Experiment, head_commit, list_experiments

WIDTH = 110  # characters at most
PARAMS = ("model", "features", "corpus")


def describe_name(experiment: Experiment, head: str) -> str:
    """The experiment's name, with its commit unless that is checked out."""
    if experiment.rev == experiment.baseline:
        return f"{experiment.name} (commit)"
    return experiment.name + ("" if experiment.baseline == head else f"@{experiment.baseline[:7]}")


def describe_scores(experiment: Experiment) -> list[str]:
    """Accuracies of validation songs and of test songs, and the interval of the latter."""
    names = ("validation/song/accuracy", "test/song/accuracy")
    names += ("test/song/accuracy_low", "test/song/accuracy_high")
    values = [experiment.metric(name) for name in names]
    texts = ["" if value is None else f"{value:.3f}" for value in values]
    return [*texts[:2], f"{texts[2]} to {texts[3]}" if texts[2] else ""]


def print_experiments(experiments: list[Experiment]) -> None:
    """Print the table, sorted by accuracy of validation songs; no colours unless in a terminal."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
    console.width = min(console.width, WIDTH)
    table = Table(box=box.SIMPLE)
    table.add_column("experiment", overflow="ellipsis")  # the one to be shortened
    for title in PARAMS:
        table.add_column(title, no_wrap=True, max_width=14)
    for title in ("validation", "test", "95 % interval"):
        table.add_column(title, no_wrap=True, justify="right")
    head = head_commit()
    best_first = sorted(
        experiments, key=lambda row: row.metric("validation/song/accuracy") or 0, reverse=True
    )
    for row in best_first:
        chosen = [str(row.params.get(name, "")) for name in PARAMS]
        table.add_row(describe_name(row, head), *chosen, *describe_scores(row))
    console.print(table)


def main(arguments: list[str]) -> None:
    """Run the command.

    Raises:
        NotEnoughData: there is no experiment yet.
        TrackingError: DVC's experiments cannot be read.
    """
    argparse.ArgumentParser(
        prog="musicregion table",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args(arguments)
    experiments = list_experiments()
    if not experiments:
        raise NotEnoughData(
            "table: no experiment has finished yet. `make compare` trains four models, "
            "`dvc exp run -S model=svm` trains one."
        )
    print_experiments(experiments)
