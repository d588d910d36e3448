"""Makes one try at a new song, in whatever process this is called in; light to import."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from musicregion.errors import TaskDied
from musicregion.generation.order import Order

if TYPE_CHECKING:
    from musicregion.config.corpus import Palette


def make_candidate(
    order: Order, palette: "Palette", numbers: tuple[int, ...], target: Path
) -> dict[str, Any]:
    """Write <target>.mid and <target>.flac; returns the facts of candidate.write_candidate.

    numbers: which song, and which try at it.
    """
    from musicregion.composition.composer import load_composer
    from musicregion.generation.candidate import write_candidate

    facts, _ = write_candidate(load_composer(order.composer), order, palette, numbers, target)
    return facts


def guide_score(order: Order, palette: "Palette", target: Path) -> float:
    """The guide's probability of the region for a song with this palette."""
    return make_candidate(order, palette, (0,), target)["probabilities"][order.region]


def unwrap(result: Any) -> Any:  # noqa: ANN401  whatever the task returns
    """The result of isolated.map_isolated; an exception in its place is raised here.

    Raises:
        TaskDied: the process crashed.
    """
    if isinstance(result, TaskDied):
        raise TaskDied(f"The process that made a song ended ({result}). Is there enough memory?")
    if isinstance(result, BaseException):
        raise result
    return result
