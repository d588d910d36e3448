"""What compose has learned, to listen to: a first song of each region."""

from pathlib import Path

import numpy as np

from stages import composer, corpus, piano_roll, rendition, synthesis
from stages.palettes import PALETTES
from stages.params import Params

SAMPLE = 30.0  # seconds


def write(settings: Params, folder: Path) -> None:
    """A song of each region as MIDI, audio and picture."""
    folder.mkdir()
    writer = composer.load(composer.FOLDER)
    known = corpus.load(settings.corpus).folk()
    for region in writer.card["regions"]:
        random = np.random.default_rng(settings.compose.seed)
        palette = known[region].palette if region in known else PALETTES["piano"]
        pieces, tempo = writer.pieces(region, random)
        midi = rendition.perform(pieces, writer.one_voice, palette, SAMPLE, tempo, random)
        (folder / f"{region}.mid").write_bytes(midi)
        synthesis.save(rendition.play(midi, SAMPLE, random), folder / f"{region}.flac")
        piano_roll.draw(midi, f"A new song for {region}", folder / f"{region}.png")
