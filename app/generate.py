"""`musicregion generate --region ireland`: new songs that sound like a region.

Writes for each song its notes (MIDI), its sound (FLAC), a picture of its notes (PNG), and a card
(JSON) with what a judge says of it and how much of it is copied. Of several tries the one is kept
that the judge likes best; --no-guide keeps the first.

    musicregion generate --region ireland --seconds 60 --count 8 --seed 1 --out songs/

The same seed gives the same files. A model of notes must have been trained before:
`dvc exp run -S compose.epochs=40`, which takes about five minutes.
"""

import argparse
from pathlib import Path

from app.model_location import MODEL_HELP, locate_model
from musicregion.compute import isolated
from musicregion.errors import ConfigError
from musicregion.storage.paths import CARD

SHORTEST, LONGEST, MOST = 5, 600, 1000  # seconds, seconds, songs


def describe_card(card: dict) -> str:
    """What the card says, in a line."""
    said = []
    if card["judge"]:
        region, probability = next(iter(card["judge"]["probabilities"].items()))
        said.append(f"{region} {probability:.2f}, says {card['judge']['model']}")
    run = card["novelty"]["longest_run_notes"]
    same = f"{run} notes in a row are also in {card['novelty']['shared_with']}"
    said.append(same if run else "no two notes in a row are in a song that it learned from")
    return "; ".join(said)


def check_soundfont(name: str | None) -> Path | None:
    """The file of a soundfont, if one is named.

    Raises:
        ConfigError: it is none.
    """
    if not name:
        return None
    path = Path(name)
    if not path.is_file():
        raise ConfigError(f"--soundfont {path}: no such file")
    with path.open("rb") as file:
        start = file.read(12)
    if start[:4] != b"RIFF" or start[8:] != b"sfbk":
        raise ConfigError(f"--soundfont {path}: not a soundfont (SF2)")
    return path


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="musicregion generate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--region", required=True, help="one that the model of notes has learned")
    parser.add_argument("--seconds", type=float, default=60, help="of each song (default: 60)")
    parser.add_argument("--count", type=int, default=1, help="how many songs (default: 1)")
    parser.add_argument("--seed", type=int, default=1, help="another one, other songs (default: 1)")
    parser.add_argument("--out", type=Path, default=Path("songs"), help="folder (default: songs)")
    parser.add_argument("--no-guide", action="store_true", help="keep the first try at each song")
    parser.add_argument("--model", default="models", help=f"the judge: {MODEL_HELP}")
    parser.add_argument("--composer", type=Path, default=Path("composer"), help="what writes notes")
    parser.add_argument("--soundfont", metavar="SF2", help="other instruments than the corpus's")
    chosen = parser.parse_args(arguments)
    for name, value, low, high, unit in (
        ("seconds", chosen.seconds, SHORTEST, LONGEST, " seconds"),
        ("count", chosen.count, 1, MOST, ""),
        ("seed", chosen.seed, 0, 2**32 - 1, ""),
    ):
        if not low <= value <= high:
            parser.error(f"--{name} {value:g} is not from {low} to {high}{unit}")
    return chosen


def main(arguments: list[str]) -> None:
    chosen = parse_arguments(arguments)
    given = check_soundfont(chosen.soundfont)
    isolated.preload("musicregion.generation.candidate")
    from tqdm import tqdm

    from musicregion.composition import composer
    from musicregion.generation import songs
    from musicregion.generation.order import Order

    writer = composer.read_card(chosen.composer)
    region = songs.match_region(chosen.region, writer["regions"])
    with locate_model(chosen.model) as folder:
        guide = folder if (folder / CARD).is_file() else None
        if not guide and not chosen.no_guide:
            raise ConfigError(
                f"{folder}: no model there ({CARD}) that could judge. `dvc repro` trains one; "
                "--no-guide does without."
            )
        order = Order(chosen.composer, guide, region, chosen.seconds, chosen.seed, given)
        songs.require_region(guide, region)
        try:
            chosen.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"--out {chosen.out}: {error.strerror}") from None
        guided = not chosen.no_guide
        total = chosen.count * (songs.TRIES if guided else 1)
        with tqdm(desc="generate", total=total, unit="try", leave=False) as bar:
            for song in songs.make_songs(
                order, writer, chosen.count, guided, chosen.out, bar.update
            ):
                bar.write(f"{song.stem.with_suffix('.flac')}: {describe_card(song.card)}")
