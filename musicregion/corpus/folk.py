"""Chooses the tunes of every song of a folk corpus."""

import re

import numpy as np

from musicregion.compute.silence import silence
from musicregion.config.corpus import FolkSource
from musicregion.errors import ConfigError
from musicregion.rendering.abc import parse_tune, read_tunes
from musicregion.rendering.tune import Recipe, Tune

BEGINNING = 16  # notes; two tunes that share so many intervals are one melody


TUNES_PER_SONG = (1, 2, 3)


def melody_identities(tune: Tune) -> set[str]:
    """Names under which the same melody would come again: its title, and how it begins."""
    words = re.sub(r"[^a-z]", "", re.sub(r",? S\. ?\d+.*", "", tune.title).lower())
    return {words, str(np.diff(tune.notes[:BEGINNING, 2]).astype(int).tolist())}


def allocate(shares: dict[str, int], songs: int) -> dict[str, int]:
    """Divide a number of songs in proportion to the shares, by largest remainder; sums exactly."""
    exact = {region: songs * share / sum(shares.values()) for region, share in shares.items()}
    whole = {region: int(number) for region, number in exact.items()}
    left = sorted(exact, key=lambda region: whole[region] - exact[region])
    return whole | {region: whole[region] + 1 for region in left[: songs - sum(whole.values())]}


def choose_recipes(sources: dict[str, FolkSource], songs: int, seed: int) -> list[Recipe]:
    """Choose the tunes of every song, seeded. No melody is in two songs.

    A larger number of songs keeps the first songs of each region as they were, but for tunes
    that a region named earlier in the corpus file now needs.

    sources: by region.
    """
    counts = allocate({name: source.share for name, source in sources.items()}, songs)
    used: set[str] = set()
    made = []
    for place, (region, source) in enumerate(sources.items()):
        abc = read_tunes(source)
        random = np.random.default_rng([seed, place])
        waiting = iter(random.permutation(len(abc)))
        for number in range(counts[region]):
            wanted = int(random.choice(TUNES_PER_SONG))
            chosen: list[Tune] = []
            while len(chosen) < wanted:
                which = next(waiting, None)
                if which is None:
                    raise ConfigError(
                        f"folk.songs is {songs}: {region} has tunes for {number} songs only"
                    )
                with silence():
                    tune = parse_tune(abc[which])
                if tune is None or melody_identities(tune) & used:
                    continue
                used |= melody_identities(tune)
                chosen.append(tune)
            made.append(Recipe(f"{region.lower()}-{number + 1:04}", region, number, tuple(chosen)))
    return made
