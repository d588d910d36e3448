"""Makes new songs for a region. Of several tries at a song the one that the guide prefers stays."""

import json
import operator
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from musicregion.compute import isolated
from musicregion.errors import ConfigError, ModelError
from musicregion.generation.attempts import make_candidate, plot_notes, unwrap, write_score
from musicregion.generation.card import song_card
from musicregion.generation.choose_palette import choose_palette
from musicregion.generation.order import Order, Piece
from musicregion.storage import files
from musicregion.storage.paths import CARD

if TYPE_CHECKING:
    from musicregion.config.corpus import Palette


TRIES = 4  # at a song, for the guide to choose from
# of a song's files; the last is written last
SUFFIXES = (".mid", ".flac", ".png", ".musicxml", ".abc", ".svg", ".json")


@dataclass(frozen=True)
class NewSong:
    """stem: of its files, each with one of SUFFIXES. card: the contents of its JSON."""

    stem: Path
    card: dict[str, Any]


def match_region(name: str, regions: list[str]) -> str:
    """The region of this name, in upper or lower case.

    Raises:
        ConfigError: there is no region of this name.
    """
    for region in regions:
        if region.casefold() == name.casefold():
            return region
    raise ConfigError(f"{name!r} is none of the regions {', '.join(regions)}.")


def require_region(guide: Path | None, region: str) -> None:
    """Check that the guide, if there is one, can judge a region.

    Raises:
        ModelError: it was trained without the region.
    """
    if guide and region not in (regions := json.loads((guide / CARD).read_text())["regions"]):
        raise ModelError(
            f"The model {guide} was trained on {', '.join(regions)} and cannot judge {region}: "
            "name another one with --model."
        )


def make_tries(
    order: Order, palette: "Palette", count: int, tries: int, folder: Path
) -> Iterator[tuple[int, dict[str, Any], list[Piece]]]:
    """Each song's number, and the facts and pieces of a try at it, in order, as they are done.

    The files of a try are <folder>/<song>-<try>, with suffixes.
    """
    numbers = [(song, attempt) for song in range(count) for attempt in range(tries)]
    items = [(order, palette, pair, folder / "-".join(map(str, pair))) for pair in numbers]
    results = isolated.map_isolated(make_candidate, items, os.cpu_count() or 1)
    for (song, _), result in zip(numbers, results, strict=True):
        yield song, *unwrap(result)


def make_songs(
    order: Order,
    writer: dict[str, Any],
    count: int,
    tries: int,
    target: Path,
    tick: Callable[[], object],
) -> Iterator[NewSong]:
    """Make `count` songs in the folder `target`. A song's card is written last, when all is there.

    writer: the composer's card. tries: at each song; 1: no guide chooses. tick: called after every
    try.

    Raises:
        ModelError: the instruments are not known, and there is no guide to choose them.
        TaskDied: a process that made a song crashed.
    """
    palette_name, palette = choose_palette(order, writer["corpus"])
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".songs-", dir=target) as temporary:
        folder = Path(temporary)
        candidates: list[tuple[dict[str, Any], list[Piece]]] = []
        for song, facts, pieces in make_tries(order, palette, count, tries, folder):
            tick()
            candidates.append((facts, pieces))
            if len(candidates) < tries:
                continue
            scores = [
                (facts["probabilities"] or {}).get(order.region, 0.0) for facts, _ in candidates
            ]
            best = scores.index(max(scores))
            facts, pieces = candidates[best]
            draft, number = folder / f"{song}-{best}", song + 1
            card = song_card(order, writer, palette_name, tries, facts, number)
            title = f"A new song for {order.region}, seed {order.seed}, number {number}"
            one_voice, tempo = writer["notes"] is True, facts["tempo_bpm"]
            pictures: list[tuple] = [
                (write_score, pieces, one_voice, tempo, title, draft),
                (plot_notes, title, draft),
            ]
            for result in isolated.map_isolated(operator.call, pictures, len(pictures)):
                unwrap(result)
            draft.with_suffix(".json").write_text(json.dumps(card, indent=2, sort_keys=True) + "\n")
            stem = target / f"{order.region.lower()}-{order.seed}-{number:02}"
            stem.with_suffix(SUFFIXES[-1]).unlink(missing_ok=True)  # of an earlier song
            for suffix in SUFFIXES:
                files.move_into_place(draft.with_suffix(suffix), stem.with_suffix(suffix))
            for path in folder.glob(f"{song}-*"):
                path.unlink()
            yield NewSong(stem, card)
            candidates.clear()
