"""The instruments of a new song: those of the region, or what the guide likes best for it."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from musicregion.compute import isolated
from musicregion.errors import ModelError
from musicregion.generation.attempts import guide_score, unwrap
from musicregion.generation.order import Order

if TYPE_CHECKING:
    from musicregion.config.corpus import Palette


EXCERPT = 10.0  # seconds, to choose by


def choose_palette(order: Order, corpus_name: str) -> "tuple[str, Palette]":
    """The instruments of a region: its own where its songs are rendered, else the guide's choice.

    Raises:
        ModelError: the guide must choose, and there is none.
    """
    from musicregion.composition.palettes import PALETTES
    from musicregion.config import corpus

    if Path("corpora", f"{corpus_name}.yaml").is_file():
        known = corpus.load(corpus_name).folk()
        if order.region in known:
            return "the region's own", known[order.region].palette
    if not order.guide:
        raise ModelError(
            f"Nobody knows the instruments of {order.region}, so a model must choose them: --model"
        )
    short = replace(order, seconds=EXCERPT)
    with tempfile.TemporaryDirectory(prefix="palettes-") as folder:
        items = [(short, palette, Path(folder, name)) for name, palette in PALETTES.items()]
        found = list(isolated.map_isolated(guide_score, items, os.cpu_count() or 1))
    best = max(zip(map(unwrap, found), PALETTES, strict=True))[1]
    return best, PALETTES[best]
