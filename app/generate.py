"""`musicregion generate --region ireland`: makes new songs that sound like a region.

Writes for each song its notes (MIDI), its tunes to be played (MusicXML, ABC) and as a score (SVG),
its audio (FLAC), piano roll (PNG), and a card (JSON) with what a model predicts for it and how much
of it is copied. Of several tries at a song the one that the model prefers stays; --no-guide makes
only one.

    musicregion generate --region ireland
    musicregion generate --region ireland --seconds 60 --count 8 --seed 1 --out songs/
    musicregion generate --like song.mp3

--like takes over the tempo, the key and the instruments that are heard in another song, and the
region that the model predicts for it.

The same seed gives the same files. A model of notes must have been trained before, which takes
about five minutes: `dvc exp run -S compose.epochs=40`.
"""

import argparse
from pathlib import Path

from app.model_location import MODEL_HELP, locate_model
from app.soundfont import check_soundfont
from musicregion.compute import isolated
from musicregion.errors import ConfigError
from musicregion.storage.paths import CARD

SHORTEST, LONGEST = 5, 600  # seconds of a song
MAX_SONGS = 1000


def describe_card(card: dict) -> str:
    """A song's card in a line."""
    facts = []
    if card["judge"]:
        region, probability = next(iter(card["judge"]["probabilities"].items()))
        facts.append(f"{region} {probability:.2f}, predicts {card['judge']['model']}")
    run = card["novelty"]["longest_run_notes"]
    copied = f"{run} notes in a row are also in {card['novelty']['shared_with']}"
    facts.append(copied if run else "no two notes in a row are in a training song")
    return "; ".join(facts)


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """The checked arguments of the command."""
    parser = argparse.ArgumentParser(
        prog="musicregion generate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--region", help="a region of the model of notes")
    parser.add_argument(
        "--like",
        type=Path,
        metavar="SONG",
        help="an audio file whose tempo, key and instruments "
        "to take; without --region its region too",
    )
    parser.add_argument("--seconds", type=float, default=60, help="of each song (default: 60)")
    parser.add_argument("--count", type=int, default=1, help="number of songs (default: 1)")
    parser.add_argument("--seed", type=int, default=1, help="of all random choices (default: 1)")
    parser.add_argument("--out", type=Path, default=Path("songs"), help="folder (default: songs)")
    parser.add_argument("--no-guide", action="store_true", help="make only one try at each song")
    parser.add_argument("--model", default="models", help=f"the judge: {MODEL_HELP}")
    parser.add_argument(
        "--composer",
        type=Path,
        default=Path("composer"),
        help="folder of the model of notes (default: composer)",
    )
    parser.add_argument("--form", help="sections of each tune, such as AABB or AA'BA'")
    parser.add_argument("--soundfont", metavar="SF2", help="play with other instruments")
    chosen = parser.parse_args(arguments)
    if not chosen.region and not chosen.like:
        parser.error("name a --region, or a song with --like")
    for name, value, low, high, unit in (
        ("seconds", chosen.seconds, SHORTEST, LONGEST, " seconds"),
        ("count", chosen.count, 1, MAX_SONGS, ""),
        ("seed", chosen.seed, 0, 2**32 - 1, ""),
    ):
        if not low <= value <= high:
            parser.error(f"--{name} {value:g} is not from {low} to {high}{unit}")
    return chosen


def main(arguments: list[str]) -> None:
    """Run the command.

    Raises:
        ConfigError: an argument has a wrong value.
        ModelError: there is no model of notes, or the judge cannot judge the region.
    """
    chosen = parse_arguments(arguments)
    soundfont = check_soundfont(chosen.soundfont)
    isolated.preload("musicregion.generation.candidate")
    from tqdm import tqdm

    from app.hear_song import hear_song
    from musicregion.composition import composer
    from musicregion.composition.form import parse_letters
    from musicregion.generation import songs
    from musicregion.generation.order import Order

    writer = composer.read_card(chosen.composer)
    region = songs.match_region(chosen.region, writer["regions"]) if chosen.region else ""
    if chosen.form is not None:
        parse_letters(chosen.form)
    with locate_model(chosen.model) as folder:
        guide = folder if (folder / CARD).is_file() else None
        if not guide and not chosen.no_guide:
            raise ConfigError(
                f"{folder}: no model there ({CARD}) to judge songs. `dvc repro` trains one; "
                "--no-guide works without."
            )
        like = None
        if chosen.like:
            region, like = hear_song(chosen.like, region, guide, writer)
        order = Order(
            chosen.composer, guide, region, chosen.seconds, chosen.seed, soundfont,
            form=chosen.form, like=like,
        )  # fmt: skip
        songs.require_region(guide, region)
        try:
            chosen.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"--out {chosen.out}: {error.strerror}") from None
        tries = 1 if chosen.no_guide else songs.TRIES
        with tqdm(desc="generate", total=chosen.count * tries, unit="try", leave=False) as bar:
            for song in songs.make_songs(
                order, writer, chosen.count, tries, chosen.out, bar.update
            ):
                bar.write(f"{song.stem.with_suffix('.flac')}: {describe_card(song.card)}")
