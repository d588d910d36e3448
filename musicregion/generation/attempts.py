"""Asks for one try at a new song; light to import."""

from pathlib import Path
from typing import TYPE_CHECKING

from musicregion.errors import TaskDied
from musicregion.generation.order import Order

if TYPE_CHECKING:
    from musicregion.config.corpus import Palette


def make_candidate(
    order: Order, palette: "Palette", numbers: tuple[int, ...], target: Path
) -> dict:
    """As candidate.make."""
    from musicregion.generation import candidate

    return candidate.make(order, palette, numbers, target)


def guide_score(order: Order, palette: "Palette", target: Path) -> float:
    """How likely a song with this palette is of the region, to the guide."""
    return make_candidate(order, palette, (0,), target)["probabilities"][order.region]


def unwrap(found: object) -> object:
    """What a process of its own has made; what it has raised is raised here.

    Raises:
        TaskDied: it died.
    """
    if isinstance(found, TaskDied):
        raise TaskDied(f"The process that made a song ended ({found}). Is there enough memory?")
    if isinstance(found, BaseException):
        raise found
    return found
