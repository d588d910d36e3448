"""Plots the timelines of songs: the probability of each region against time."""

from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

from musicregion.errors import ConfigError
from musicregion.inference.prediction import SongPrediction
from musicregion.presentation.timeline import format_clock

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


WIDTH, HEIGHT = 7, 2.2  # inches, of a panel


def plot_timeline(axes: "Axes", prediction: SongPrediction, regions: list[str], title: str) -> None:
    """Draw segments as columns, each with its regions stacked.

    regions: all of the model, so that a region has the same colour in every picture.
    """
    import matplotlib
    from matplotlib.ticker import MaxNLocator

    starts = [segment.start_s for segment in prediction.timeline]
    widths = [segment.duration_s for segment in prediction.timeline]
    bottom = [0.0] * len(starts)
    twenty = matplotlib.colormaps["tab20"].colors  # ten, each with a paler one
    colours = cycle([*twenty[::2], *twenty[1::2]])
    for region, colour in zip(regions, colours, strict=False):
        heights = [segment.probabilities[region] for segment in prediction.timeline]
        # without an edge, white lines show between the columns
        style = {"color": colour, "edgecolor": colour, "linewidth": 0.4, "label": region}
        axes.bar(starts, heights, widths, bottom, align="edge", **style)
        bottom = [low + high for low, high in zip(bottom, heights, strict=True)]
    axes.set(xlim=(0, prediction.duration_s), ylim=(0, 1), ylabel="probability", title=title)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.xaxis.set_major_formatter(lambda seconds, _: format_clock(seconds))
    axes.spines[["top", "right"]].set_visible(False)


def timeline_figure(songs: list[tuple[str, SongPrediction]], width: float = WIDTH) -> "Figure":
    """A figure with one panel for each song, under its title. width: inches."""
    from matplotlib.figure import Figure

    figure = Figure((width, HEIGHT * len(songs) + 0.6), layout="constrained", dpi=150)
    panels = figure.subplots(len(songs), squeeze=False)[:, 0]
    for axes, (title, prediction) in zip(panels, songs, strict=True):
        plot_timeline(axes, prediction, sorted(prediction.probabilities), title)
    panels[-1].set_xlabel("time (minutes:seconds)")
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(
        handles, names, loc="outside lower center", ncols=round(width / 1.7), frameon=False
    )
    return figure


def save_timelines(songs: list[tuple[str, SongPrediction]], path: Path) -> None:
    """Plot the timelines of songs into a file; its suffix decides the format.

    Raises:
        ConfigError: the file cannot be written.
    """
    titled = [
        (f"{Path(name).name}: {short_verdict(prediction)}", prediction)
        for name, prediction in songs
    ]
    try:
        timeline_figure(titled).savefig(path)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: the timelines cannot be plotted: {error}") from None


def short_verdict(prediction: SongPrediction) -> str:
    """The prediction in a few words."""
    if not prediction.known:
        return "none of these"
    return f"{prediction.region} {prediction.probability:.2f}"
