"""Chooses the tunes of every song of a folk corpus."""

import re

import numpy as np

from musicregion.compute.silence import silence
from musicregion.config.corpus import FolkSource
from musicregion.errors import ConfigError
from musicregion.rendering.abc import parse_tune, read_tunes
from musicregion.rendering.tune import Recipe, Tune

BEGINNING = 16  # notes; two tunes that begin with the same intervals are one melody
TUNES_PER_SONG = (1, 2, 3)


def melody_identities(tune: Tune) -> set[str]:
    """What another copy of the same melody would share: its title, or its first intervals."""
    title = re.sub(r"[^a-z]", "", re.sub(r",? S\. ?\d+.*", "", tune.title).lower())
    return {title, str(np.diff(tune.notes[:BEGINNING, 2]).astype(int).tolist())}


def allocate(shares: dict[str, int], songs: int) -> dict[str, int]:
    """Divide a number of songs in proportion to the shares by the largest remainder method."""
    quotas = {region: songs * share / sum(shares.values()) for region, share in shares.items()}
    counts = {region: int(quota) for region, quota in quotas.items()}
    by_remainder = sorted(quotas, key=lambda region: counts[region] - quotas[region])
    rounded_up = by_remainder[: songs - sum(counts.values())]
    return counts | {region: counts[region] + 1 for region in rounded_up}


def choose_recipes(sources: dict[str, FolkSource], songs: int, seed: int) -> list[Recipe]:
    """Choose the tunes of every song at random. No melody is in two songs.

    With more songs, the first songs of each region stay as they were, except for tunes that a
    region earlier in the corpus file now uses.

    sources: by region.

    Raises:
        ConfigError: a region has too few tunes.
    """
    counts = allocate({name: source.share for name, source in sources.items()}, songs)
    used: set[str] = set()
    recipes = []
    for index, (region, source) in enumerate(sources.items()):
        texts = read_tunes(source)
        random = np.random.default_rng([seed, index])
        order = iter(random.permutation(len(texts)))
        for number in range(counts[region]):
            count = int(random.choice(TUNES_PER_SONG))
            tunes: list[Tune] = []
            while len(tunes) < count:
                index_of_text = next(order, None)
                if index_of_text is None:
                    raise ConfigError(
                        f"folk.songs is {songs}: {region} has tunes for {number} songs only"
                    )
                with silence():
                    tune = parse_tune(texts[index_of_text])
                if tune is None or melody_identities(tune) & used:
                    continue
                used |= melody_identities(tune)
                tunes.append(tune)
            song = f"{region.lower()}-{number + 1:04}"
            recipes.append(Recipe(song, region, number, tuple(tunes)))
    return recipes
