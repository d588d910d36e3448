"""Finds out what a new song like a given one is to be: its region, tempo, key and instruments."""

from pathlib import Path
from typing import Any

from musicregion.compute import isolated
from musicregion.config import corpus
from musicregion.errors import ConfigError, ModelError, Undecodable
from musicregion.generation.attempts import listen
from musicregion.generation.order import Likeness
from musicregion.inference.predict_file import predict_file
from musicregion.inference.prediction import SongPrediction


def all_palettes(corpus_name: str) -> dict[str, corpus.Palette]:
    """The palettes to choose from: those of the corpus's regions, and composition.palettes."""
    from musicregion.composition.palettes import PALETTES

    palettes = dict(PALETTES)
    if corpus.corpus_file(corpus_name).is_file():
        for region, palette in corpus.load(corpus_name).own_palettes().items():
            palettes[f"those of {region}"] = palette
    return palettes


def listen_to(song: Path, corpus_name: str) -> Likeness:
    """What a new song takes over from this file. corpus_name: of the composer.

    Raises:
        ConfigError: the file is not audio, or no notes are heard in it.
        DownloadError: the weights that it is transcribed with cannot be fetched.
        TaskDied: the file crashes a decoder.
    """
    from musicregion.storage.paths import BASIC_PITCH_WEIGHTS
    from musicregion.transcription.basic_pitch import fetch_weights

    weights = fetch_weights(BASIC_PITCH_WEIGHTS)
    try:
        return isolated.call_isolated(listen, song, all_palettes(corpus_name), weights)
    except Undecodable as error:
        raise ConfigError(f"--like {song}: {error}") from None


def choose_region(prediction: SongPrediction, regions: list[str]) -> str:
    """The likeliest of the regions that songs can be made for.

    Raises:
        ModelError: the model that predicted knows none of them.
    """
    for region in prediction.probabilities:
        if region in regions:
            return region
    raise ModelError(
        f"The model predicts {', '.join(prediction.probabilities)}, and songs can be made for "
        f"{', '.join(regions)}: name a region with --region."
    )


def classify(song: Path, guide: Path | None) -> SongPrediction:
    """The guide's prediction for a song.

    Raises:
        ConfigError: there is no guide, or the file is not audio.
        TaskDied: the file crashes a decoder.
    """
    if guide is None:
        raise ConfigError("--like needs a model that classifies the song, or a --region.")
    try:
        return isolated.call_isolated(predict_file, guide, song)
    except Undecodable as error:
        raise ConfigError(f"--like {song}: {error}") from None


def describe_likeness(like: Likeness) -> str:
    """What was heard, as text."""
    name, _ = like.palette
    return f"{like.tempo:.0f} beats a minute, {like.key.name}, instruments most like {name}"


def likeness_card(like: Likeness | None) -> dict[str, Any] | None:
    """What was heard, for a song's card."""
    if like is None:
        return None
    return {"song": like.song, "tempo_bpm": round(like.tempo, 2), "key": like.key.name}
