"""Writes one sample song for each region, so that a training can be judged by listening."""

from pathlib import Path

import numpy as np

from musicregion.composition import composer, perform, piano_roll
from musicregion.composition.palettes import PALETTES
from musicregion.config import corpus
from musicregion.config.params import Params
from musicregion.rendering import synthesis
from musicregion.storage import paths

SAMPLE = 30.0  # seconds


def write_samples(settings: Params, folder: Path) -> None:
    """Write a song of each region as MIDI, audio and piano roll."""
    folder.mkdir()
    writer = composer.load_composer(paths.COMPOSER)
    palettes = corpus.load(settings.corpus).own_palettes()
    for region in writer.card["regions"]:
        random = np.random.default_rng(settings.compose.seed)
        palette = palettes.get(region, PALETTES["piano"])
        pieces, tempo = writer.compose_pieces(region, random)
        midi = perform.perform_pieces(pieces, writer.one_voice, palette, SAMPLE, tempo, random)
        (folder / f"{region}.mid").write_bytes(midi)
        synthesis.write_flac(perform.play_midi(midi, SAMPLE, random), folder / f"{region}.flac")
        piano_roll.plot_piano_roll(midi, f"A new song for {region}", folder / f"{region}.png")
