"""The card of a new song: what was ordered, how it was made, and what a model predicts for it."""

import json
from typing import Any

from musicregion.generation.like_song import likeness_card
from musicregion.generation.order import Order
from musicregion.storage.paths import CARD


def song_card(
    order: Order,
    writer: dict[str, Any],
    palette: str,
    tries: int,
    facts: dict[str, Any],
    number: int,
) -> dict[str, Any]:
    """The card of a song.

    writer: the composer's card. palette: its name. facts: of candidate.write_candidate. number: of
    the song, from 1.
    """
    judge = None
    if order.guide:
        params = json.loads((order.guide / CARD).read_text())["params"]
        model = f"{params['model']} on {params['features']}, corpus {params['corpus']}"
        judge = {"model": model, "probabilities": facts["probabilities"]}
    return {name: value for name, value in facts.items() if name != "probabilities"} | {
        "region": order.region,
        "seconds": order.seconds,
        "seed": order.seed,
        "number": number,
        "guided": tries > 1,
        "tries": tries,
        "judge": judge,
        "palette": palette,
        "like": likeness_card(order.like),
        "soundfont": order.soundfont.name if order.soundfont else "TimGM6mb",
        "composer": {name: writer[name] for name in ("corpus", "notes", "validation")},
    }
