"""New songs for a region: of several tries, the one that the guide likes best is kept."""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from musicregion.compute import isolated
from musicregion.errors import ConfigError, ModelError
from musicregion.generation.attempts import make_candidate, unwrap
from musicregion.generation.choose_palette import choose_palette
from musicregion.generation.order import Order
from musicregion.storage import files
from musicregion.storage.paths import CARD

if TYPE_CHECKING:
    from musicregion.config.corpus import Palette


TRIES = 4  # at a song, where it is guided
SUFFIXES = (".mid", ".flac", ".png", ".json")  # of a song's files; the last says that all are there


@dataclass(frozen=True)
class NewSong:
    """stem: its files, each with one of SUFFIXES. card: what its JSON says."""

    stem: Path
    card: dict


def match_region(name: str, regions: list[str]) -> str:
    """The region that a user has named, in capitals or not.

    Raises:
        ConfigError: there is none of this name.
    """
    found = [region for region in regions if region.casefold() == name.casefold()]
    if not found:
        raise ConfigError(f"{name!r} is none of the regions {', '.join(regions)}")
    return found[0]


def require_region(guide: Path | None, region: str) -> None:
    """Raises ModelError where the guide has not learned a region."""
    if guide and region not in (regions := json.loads((guide / CARD).read_text())["regions"]):
        raise ModelError(
            f"The model {guide} knows {', '.join(regions)}, and cannot judge {region}: --model"
        )


def make_tries(
    order: Order, palette: "Palette", count: int, guided: bool, folder: Path
) -> Iterator[tuple[int, int, dict]]:
    """Song, try, and what candidate.make says, for each as it is done, in order."""
    numbers = [(song, one) for song in range(count) for one in range(TRIES if guided else 1)]
    items = [(order, palette, pair, folder / "-".join(map(str, pair))) for pair in numbers]
    for pair, found in zip(
        numbers, isolated.map_isolated(make_candidate, items, os.cpu_count() or 1), strict=True
    ):
        yield *pair, unwrap(found)


def song_card(
    order: Order, writer: dict, palette: str, guided: bool, best: dict, number: int
) -> dict:
    """The card of a song. writer: the composer's card. best: what candidate.make says of it."""
    guide = None
    if order.guide:
        params = json.loads((order.guide / CARD).read_text())["params"]
        guide = f"{params['model']} on {params['features']}, corpus {params['corpus']}"
    probabilities = best.pop("probabilities")
    judge = {"model": guide, "probabilities": probabilities} if guide else None
    return best | {
        "region": order.region,
        "seconds": order.seconds,
        "seed": order.seed,
        "number": number + 1,
        "guided": guided,
        "tries": TRIES if guided else 1,
        "judge": judge,
        "palette": palette,
        "soundfont": order.soundfont.name if order.soundfont else "TimGM6mb",
        "composer": {name: writer[name] for name in ("corpus", "notes", "validation")},
    }


def make_songs(
    order: Order, writer: dict, count: int, guided: bool, target: Path, tick: Callable[[], object]
) -> Iterator[NewSong]:
    """Make songs and put their files into `target`: whole ones, and a song's card last.

    tick: called after every try.
    """
    from musicregion.composition import piano_roll

    name, palette = choose_palette(order, writer["corpus"])
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".songs-", dir=target) as temporary:
        folder = Path(temporary)
        best: tuple[float, int, dict] | None = None
        for song, one, found in make_tries(order, palette, count, guided, folder):
            tick()
            liked = found["probabilities"][order.region] if found["probabilities"] else 0.0
            if best is None or liked > best[0]:
                best = liked, one, found
            if one < (TRIES if guided else 1) - 1:
                continue
            draft = folder / f"{song}-{best[1]}"
            card = song_card(order, writer, name, guided, best[2], song)
            title = f"A new song for {order.region}, seed {order.seed}, number {song + 1}"
            piano_roll.plot_piano_roll(
                draft.with_suffix(".mid").read_bytes(), title, draft.with_suffix(".png")
            )
            draft.with_suffix(".json").write_text(json.dumps(card, indent=2, sort_keys=True) + "\n")
            stem = target / f"{order.region.lower()}-{order.seed}-{song + 1:02}"
            stem.with_suffix(SUFFIXES[-1]).unlink(missing_ok=True)  # of an earlier song
            for suffix in SUFFIXES:
                files.move_into_place(draft.with_suffix(suffix), stem.with_suffix(suffix))
            for rest in folder.glob(f"{song}-*"):
                rest.unlink()
            yield NewSong(stem, card)
            best = None
