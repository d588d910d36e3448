"""Songs of no region for a trained model: noises, and songs of another corpus."""

import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile

from benchmarks import games, judge, noises
from benchmarks.tasks import map_all
from musicregion.audio.decode import decode
from musicregion.config import corpus
from musicregion.config.params import Params
from musicregion.inference.predict_song import extract_song
from musicregion.inference.predictor import Predictor, load_predictor

EACH, FOREIGN = 25, 50  # noises of each kind, and songs of another corpus: 200 in all
FOREIGN_KIND = "foreign"
Sound = tuple[str, int] | Path  # kind and number of a noise, or a file


def foreign_songs(settings: Params, folder: Path) -> list[Path]:
    """Files of songs of another corpus: of games for a rendered corpus, else rendered to `folder`.

    Raises:
        InputError: the corpus is rendered, and the games' soundtracks are not there.
    """
    random = np.random.default_rng(0)
    if corpus.load(settings.corpus).folk():
        songs = games.require_songs()
        return [songs[index] for index in random.permutation(len(songs))[:FOREIGN]]
    recipes, _ = judge.choose_songs(settings)
    chosen = [recipes[index] for index in random.permutation(len(recipes))[:FOREIGN]]
    return map_all(judge.render, [(recipe, settings, folder) for recipe in chosen], "foreign songs")


def read_beginning(path: Path, rate: int) -> np.ndarray:
    """At most noises.LONGEST seconds of a file, float32 [sample]. rate: Hz."""
    wanted, blocks = noises.LONGEST * rate, []
    for block in decode(path, rate):
        blocks.append(block)
        if sum(map(len, blocks)) >= wanted:
            break
    return np.concatenate(blocks)[:wanted]


@lru_cache(1)
def _load(models: Path) -> Predictor:
    return load_predictor(models)


def extract_sound(sound: Sound, models: Path) -> dict[str, np.ndarray]:
    """Features of a sound by kind, as the model in the folder `models` takes them."""
    model = _load(models)
    rate = model.section("segment").sample_rate
    if isinstance(sound, Path):
        wave = read_beginning(sound, rate)
    else:
        wave = noises.make_noise(*sound, rate)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "sound.wav")
        soundfile.write(path, wave, rate)
        features, _ = extract_song(model, path)
    return features


def extract_unknown(
    settings: Params, models: Path
) -> tuple[list[str], list[dict[str, np.ndarray]]]:
    """The kind and the features of every sound.

    Raises:
        InputError: espeak-ng or the foreign songs are not there.
        ModelError: there is no model in the folder.
    """
    with tempfile.TemporaryDirectory() as folder:
        sounds: list[tuple[str, Sound]] = [
            (kind, (kind, number)) for kind in noises.KINDS for number in range(EACH)
        ]
        foreign = foreign_songs(settings, Path(folder))
        sounds += [(FOREIGN_KIND, path) for path in foreign]
        features = map_all(extract_sound, [(sound, models) for _, sound in sounds], "sounds")
    return [kind for kind, _ in sounds], features
