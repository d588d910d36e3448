"""New songs arranged in two ways: as the rendered corpora are, and as new songs are."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from musicregion.composition import composer, perform
from musicregion.composition.palettes import PALETTES
from musicregion.config import corpus
from musicregion.config.corpus import Palette
from musicregion.corpus.folk_rendering import seeded_generator
from musicregion.generation.candidate import guide_probabilities
from musicregion.generation.order import Likeness, Order
from musicregion.generation.performance import perform_song
from musicregion.generation.tonality import find_tonality
from musicregion.rendering import synthesis
from musicregion.storage import paths

SECONDS, SEED = 40.0, 1
WAYS = "before", "after"


def usual_instruments(palette: Palette) -> Palette:
    """The likeliest instrument of each part, figure and drums, so that two songs have the same."""
    return Palette(**{part: {max(weights, key=weights.get): 1} for part, weights in palette})


def render_pair(region: str, number: int, folder: Path) -> dict:
    """Compose a song and render it both ways, as <folder>/<number>-<way>.flac.

    Returns its row: number, region, and the guide's probability of the region by way.
    """
    writer = composer.load_composer(paths.COMPOSER)
    pieces, tempo = writer.compose_pieces(region, seeded_generator(SEED, region, number))
    palettes = corpus.load(writer.card["corpus"]).own_palettes()
    palette = usual_instruments(palettes.get(region, PALETTES["piano"]))
    order = Order(paths.COMPOSER, paths.MODELS, region, SECONDS, SEED, plain=True)
    row = {"pair": number, "region": region}
    for way in WAYS:
        midi, sounding, _ = perform_song(
            pieces, writer.one_voice, order, palette, tempo, np.random.default_rng(number)
        )
        path = folder / f"{number}-{way}.flac"
        room = np.random.default_rng(number)  # the same for both
        synthesis.write_flac(perform.play_midi(midi, SECONDS, room), path)
        row[way] = round(guide_probabilities(paths.MODELS, path)[region], 4)
        key = find_tonality([notes for notes, _ in sounding], writer.one_voice)
        order = replace(order, plain=False, like=Likeness("", tempo, key, ("", palette)))
    return row
