"""What is asked of app.generate, and asking for one try at it; light to import."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app import isolated

if TYPE_CHECKING:
    from stages.corpus import Palette


@dataclass(frozen=True)
class Order:
    """What is wanted. guide: a model folder that judges, or None. soundfont: None: the corpus's."""

    composer: Path
    guide: Path | None
    region: str
    seconds: float
    seed: int
    soundfont: Path | None = None


def attempt(order: Order, palette: "Palette", numbers: tuple[int, ...], target: Path) -> dict:
    """As candidate.make."""
    from app import candidate  # slow

    return candidate.make(order, palette, numbers, target)


def liking(order: Order, palette: "Palette", target: Path) -> float:
    """How likely a song with this palette is of the region, to the guide."""
    return attempt(order, palette, (0,), target)["probabilities"][order.region]


def whole(found: object) -> object:
    """What a process of its own has made; what it has raised is raised here.

    Raises:
        SystemExit: it died.
    """
    if isinstance(found, isolated.Died):
        raise SystemExit(f"The process that made a song ended ({found}). Is there enough memory?")
    if isinstance(found, BaseException):
        raise found
    return found
