"""Renders the songs of a folk corpus: all that decides a song's samples, but the choice of tunes.

Keys of rendered songs are made from this module and all that it imports.
"""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from musicregion.config.corpus import Palette
from musicregion.config.sections import Folk

if TYPE_CHECKING:
    import numpy as np

    from musicregion.rendering.tune import Recipe

PACKAGES = ("midirenderer", "pretty_midi", "symusic", "numpy")  # whose versions decide, too


def seeded_generator(seed: int, region: str, *numbers: int) -> "np.random.Generator":
    """Randomness that depends on the seed, the region and what is made alone."""
    import numpy as np

    name = int.from_bytes(hashlib.sha256(region.encode()).digest()[:4], "big")
    return np.random.default_rng([seed, name, *numbers])


def perform_recipe(
    recipe: "Recipe", palette: Palette, settings: Folk
) -> "tuple[bytes, float, np.random.Generator]":
    """The MIDI file of a song, its seconds, and the random generator for its recording."""
    from musicregion.rendering.arrange import arrange
    from musicregion.rendering.synthesis import FADE

    random = seeded_generator(settings.seed, recipe.region, recipe.number)
    seconds = random.uniform(*settings.seconds)
    return arrange(recipe.tunes, palette, seconds - FADE, random), seconds, random


def render_recipe(recipe: "Recipe", palette: Palette, settings: Folk, path: Path) -> None:
    """Write a song as FLAC: the same bytes from the same seed, in any process."""
    from musicregion.rendering import synthesis

    midi, seconds, random = perform_recipe(recipe, palette, settings)
    recording = synthesis.simulate_recording(synthesis.render(midi), random)
    synthesis.write_flac(synthesis.fit_length(recording, seconds), path)
