"""Chooses the instruments of a new song: the region's own, or the guide's choice."""

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


EXCERPT = 10.0  # seconds of the song that the guide judges a palette by


def choose_palette(order: Order, corpus_name: str) -> "tuple[str, Palette]":
    """A palette and its name: that of the song to be like; or the region's own if it has one; else
    the guide's choice.

    Raises:
        ModelError: the guide must choose, and there is none.
    """
    from musicregion.composition.palettes import PALETTES
    from musicregion.config import corpus

    if order.like:
        return order.like.palette
    if corpus.corpus_file(corpus_name).is_file():
        palettes = corpus.load(corpus_name).own_palettes()
        if order.region in palettes:
            return "the region's own", palettes[order.region]
    if not order.guide:
        raise ModelError(
            f"The corpus {corpus_name} names no instruments for {order.region}, so a model must "
            "choose them: name one with --model."
        )
    excerpt = replace(order, seconds=EXCERPT)
    with tempfile.TemporaryDirectory(prefix="palettes-") as folder:
        items = [(excerpt, palette, Path(folder, name)) for name, palette in PALETTES.items()]
        results = list(isolated.map_isolated(guide_score, items, os.cpu_count() or 1))
    _, best = max(zip(map(unwrap, results), PALETTES, strict=True))
    return best, PALETTES[best]
