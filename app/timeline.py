"""The timeline of songs as a picture: the probability of each region against time."""

from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

from musicregion.errors import ConfigError
from musicregion.inference.prediction import SongPrediction

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


WIDTH, HEIGHT = 7, 2.2  # inches, of a panel


def format_clock(seconds: float) -> str:
    """3:05"""
    return f"{int(seconds // 60)}:{int(seconds % 60):02}"


def draw_timeline(axes: "Axes", answer: SongPrediction, regions: list[str], title: str) -> None:
    """Segments as columns, in each the regions one upon the other.

    regions: all of the model, so that a region has the same colour in every picture.
    """
    import matplotlib
    from matplotlib.ticker import MaxNLocator

    starts = [moment.start_s for moment in answer.timeline]
    widths = [moment.duration_s for moment in answer.timeline]
    bottom = [0.0] * len(starts)
    twenty = matplotlib.colormaps["tab20"].colors  # ten, and ten that are paler
    colours = cycle([*twenty[::2], *twenty[1::2]])
    for region, colour in zip(regions, colours, strict=False):
        heights = [moment.probabilities[region] for moment in answer.timeline]
        # with an edge, or else white lines show between the columns
        look = {"color": colour, "edgecolor": colour, "linewidth": 0.4, "label": region}
        axes.bar(starts, heights, widths, bottom, align="edge", **look)
        bottom = [low + high for low, high in zip(bottom, heights, strict=True)]
    axes.set(xlim=(0, answer.duration_s), ylim=(0, 1), ylabel="probability", title=title)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.xaxis.set_major_formatter(lambda seconds, _: format_clock(seconds))
    axes.spines[["top", "right"]].set_visible(False)


def timeline_figure(songs: list[tuple[str, SongPrediction]], width: float = WIDTH) -> "Figure":
    """One panel for each song, by its title. width: inches."""
    from matplotlib.figure import Figure

    whole = Figure((width, HEIGHT * len(songs) + 0.6), layout="constrained", dpi=150)
    panels = whole.subplots(len(songs), squeeze=False)[:, 0]
    for axes, (title, answer) in zip(panels, songs, strict=True):
        draw_timeline(axes, answer, sorted(answer.probabilities), title)
    panels[-1].set_xlabel("time (minutes:seconds)")
    handles, names = panels[0].get_legend_handles_labels()
    whole.legend(
        handles, names, loc="outside lower center", ncols=round(width / 1.7), frameon=False
    )
    return whole


def save_timelines(songs: list[tuple[str, SongPrediction]], path: Path) -> None:
    """Draw songs into a picture; the file's name says which kind.

    Raises:
        ConfigError: it cannot be written.
    """
    titles = [f"{Path(name).name}: {short_verdict(answer)}" for name, answer in songs]
    drawn = timeline_figure(list(zip(titles, (answer for _, answer in songs), strict=True)))
    try:
        drawn.savefig(path)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: not drawn: {error}") from None


def short_verdict(answer: SongPrediction) -> str:
    """The answer in few words."""
    return f"{answer.region} {answer.probability:.2f}" if answer.known else "none of these"
