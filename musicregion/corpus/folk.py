"""Chooses the tunes of every song of a folk corpus."""

import re

import numpy as np

from musicregion.compute.silence import silence
from musicregion.config.corpus import Corpus
from musicregion.corpus.folk_rendering import seeded_generator
from musicregion.errors import ConfigError
from musicregion.rendering.abc import parse_tune, read_tunes
from musicregion.rendering.notation import draw_tempo, unify_notation
from musicregion.rendering.tune import Recipe, Tune

BEGINNING = 16  # notes; two tunes that begin with the same intervals are one melody
TUNES_PER_SONG = (1, 2, 3)
SHARED = 1  # seeds what songs draw because their corpus has palettes for all regions


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


def make_recipe(
    corpus: Corpus, region: str, number: int, tunes: tuple[Tune, ...], seed: int
) -> Recipe:
    """A song with its region's palette, or else as any region's song might sound.

    If the palettes are for all regions, palette, key and tempo are random, whatever the tunes.
    """
    song = f"{region.lower()}-{number + 1:04}"
    own = corpus.own_palettes()
    if region in own:
        return Recipe(song, region, number, tunes, own[region])
    random = seeded_generator(seed, region, number, SHARED)
    palette = corpus.palettes[random.choice(list(corpus.palettes))]
    tunes = unify_notation(tunes, int(random.integers(12)))
    return Recipe(song, region, number, tunes, palette, draw_tempo(random))


def choose_recipes(corpus: Corpus, songs: int, seed: int) -> list[Recipe]:
    """Choose the tunes of every song at random. No melody is in two songs.

    With more songs, the first songs of each region stay as they were, except for tunes that a
    region earlier in the corpus file now uses.

    Raises:
        ConfigError: a region has too few tunes.
    """
    sources = corpus.folk()
    if not sources:
        return []
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
            recipes.append(make_recipe(corpus, region, number, tuple(tunes), seed))
    return recipes
