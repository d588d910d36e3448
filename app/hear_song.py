"""Hears the song that a new one is to be like, and says what it heard."""

from pathlib import Path

from musicregion.errors import ConfigError
from musicregion.generation import like_song
from musicregion.generation.order import Likeness


def hear_song(song: Path, region: str, guide: Path | None, writer: dict) -> tuple[str, Likeness]:
    """The region of a new song like this one, and what it takes over; prints both.

    region: the one that was asked for, or empty. writer: the composer's card.

    Raises:
        ConfigError: the song cannot be read, or there is no model that classifies it.
    """
    if not song.is_file():
        raise ConfigError(f"--like {song}: no such file")
    heard = f"as asked for, {region}"
    if not region:
        prediction = like_song.classify(song, guide)
        region = like_song.choose_region(prediction, writer["regions"])
        heard = f"{region} {prediction.probabilities[region]:.2f}"
        if not prediction.known:
            heard += ", but it sounds like none of the regions"
    like = like_song.listen_to(song, writer["corpus"])
    print(f"{song}: {heard}; {like_song.describe_likeness(like)}")
    return region, like
