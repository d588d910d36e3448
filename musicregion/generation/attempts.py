"""Tasks of new songs, for any process; light to import."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from musicregion.errors import TaskDied
from musicregion.generation.order import Likeness, Order, Piece

if TYPE_CHECKING:
    from musicregion.config.corpus import Palette


def make_candidate(
    order: Order, palette: "Palette", numbers: tuple[int, ...], target: Path
) -> tuple[dict[str, Any], list[Piece]]:
    """Write <target>.mid and <target>.flac; returns what candidate.write_candidate does.

    numbers: which song, and which try at it.
    """
    from musicregion.composition.composer import load_composer
    from musicregion.generation.candidate import write_candidate

    return write_candidate(load_composer(order.composer), order, palette, numbers, target)


def write_score(pieces: list[Piece], one_voice: bool, tempo: float, title: str, stem: Path) -> None:
    """Write the score of a song as MusicXML, ABC and picture: <stem> with suffixes.

    pieces, one_voice, tempo: as for score.write_down.
    """
    from musicregion.generation import score, score_files

    score_files.write_score(score.write_down(pieces, one_voice, tempo, title), stem)


def plot_notes(title: str, stem: Path) -> None:
    """Plot <stem>.mid as <stem>.png."""
    from musicregion.composition.piano_roll import plot_piano_roll

    plot_piano_roll(stem.with_suffix(".mid").read_bytes(), title, stem.with_suffix(".png"))


def listen(song: Path, palettes: "dict[str, Palette]", weights: Path) -> Likeness:
    """As likeness.listen, which is slow to import."""
    from musicregion.generation import likeness

    return likeness.listen(song, palettes, weights)


def guide_score(order: Order, palette: "Palette", target: Path) -> float:
    """The guide's probability of the region for a song with this palette."""
    facts, _ = make_candidate(order, palette, (0,), target)
    return float(facts["probabilities"][order.region])


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
