"""Renders the songs of a folk corpus: everything that decides the samples, given the tunes.

A rendered song's version is computed from this module and all that it imports.
"""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from musicregion.config.sections import Folk

if TYPE_CHECKING:
    import numpy as np

    from musicregion.rendering.tune import Recipe

# packages whose versions decide the samples too
PACKAGES = ("midirenderer", "pretty_midi", "symusic", "numpy", "scipy", "soundfile")


def seeded_generator(seed: int, region: str, *numbers: int) -> "np.random.Generator":
    """A random generator that depends on the seed, the region and the numbers alone."""
    import numpy as np

    region_number = int.from_bytes(hashlib.sha256(region.encode()).digest()[:4], "big")
    return np.random.default_rng([seed, region_number, *numbers])


def perform_recipe(recipe: "Recipe", settings: Folk) -> "tuple[bytes, float, np.random.Generator]":
    """The MIDI file of a song, its length in seconds, and the generator for its recording."""
    from musicregion.rendering.arrange import arrange
    from musicregion.rendering.synthesis import FADE

    random = seeded_generator(settings.seed, recipe.region, recipe.number)
    seconds = random.uniform(*settings.seconds)
    midi = arrange(recipe.tunes, recipe.palette, seconds - FADE, random, recipe.tempo)
    return midi, seconds, random


def render_recipe(recipe: "Recipe", settings: Folk, path: Path) -> None:
    """Write a song as FLAC; the same arguments give the same bytes, in any process."""
    from musicregion.rendering import synthesis

    midi, seconds, random = perform_recipe(recipe, settings)
    recording = synthesis.simulate_recording(synthesis.render(midi), random)
    synthesis.write_flac(synthesis.fit_length(recording, seconds), path)
