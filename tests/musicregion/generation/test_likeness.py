"""A rendered song's tempo, key and instruments are heard in its audio alone."""

from pathlib import Path

import numpy as np
import pytest

from musicregion.composition import perform
from musicregion.composition.palettes import PALETTES
from musicregion.errors import Undecodable
from musicregion.generation.likeness import listen
from musicregion.generation.order import Order
from musicregion.generation.performance import perform_song
from musicregion.rendering import synthesis
from musicregion.storage.paths import BASIC_PITCH_WEIGHTS
from tests.conftest import require_weights
from tests.musicregion.generation.tunes import D_TUNE, quarters

SECONDS, TEMPO = 24.0, 112.0  # quarter beats a minute
CHOICE = {name: PALETTES[name] for name in ("piano", "brass", "choir")}
MINOR = [[pitch - (pitch % 12 in (6, 1)) for pitch in bar] for bar in D_TUNE]  # F and C


def write_song(path, bars, palette):
    order = Order(Path(), None, "", SECONDS, 1)
    random = np.random.default_rng(1)
    midi, sounding, tempo = perform_song(
        [(quarters(*bars), 4.0)], True, order, PALETTES[palette], TEMPO, random
    )
    synthesis.write_flac(perform.play_midi(midi, SECONDS, random), path)
    return int(sounding[0][0][-1, 2]) % 12, tempo


@pytest.mark.parametrize(
    ("bars", "minor", "palette"), [(D_TUNE, False, "brass"), (MINOR, True, "piano")]
)
def test_tempo_key_and_instruments_of_a_rendered_song(tmp_path, bars, minor, palette):
    tonic, tempo = write_song(tmp_path / "song.flac", bars, palette)
    like = listen(tmp_path / "song.flac", CHOICE, require_weights(BASIC_PITCH_WEIGHTS))
    octaves = np.log2(like.tempo / tempo)
    assert 2 ** abs(octaves - round(octaves)) < 1.04  # or twice or half as fast
    assert (like.key.tonic, like.key.is_minor) == (tonic, minor)
    assert like.palette == (palette, PALETTES[palette])
    assert like.song == "song.flac"


def test_a_file_without_notes_is_refused(wav):
    weights = require_weights(BASIC_PITCH_WEIGHTS)
    with pytest.raises(Undecodable, match=r"only \d notes are heard"):
        listen(wav("tone.wav", 3), CHOICE, weights)
