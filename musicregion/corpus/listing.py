"""Every song that a corpus lists, and which region has it."""

from collections import defaultdict
from dataclasses import replace

from musicregion.config.corpus import Corpus, FolkSource
from musicregion.config.params import Params
from musicregion.corpus.sources import Song


def list_corpus(chosen: Corpus, settings: Params) -> list[Song]:
    """Every song that the corpus's sources list now, in the corpus file's order.

    Raises:
        Unavailable: a source cannot be listed.
    """
    from musicregion.corpus import folk, folk_songs, playlist, sources

    songs: list[Song] = []
    for name, region in chosen.regions.items():
        for source in region.sources:
            if isinstance(source, FolkSource):
                continue
            place, album = (
                (source, "") if isinstance(source, str) else (source.source, source.album)
            )
            if place.startswith(("http://", "https://")):
                found = playlist.list_playlist(name, place, settings.download)
            else:
                found = sources.list_folder(name, place)
            songs += [replace(song, album=album) for song in found]
    palettes = chosen.folk()
    if palettes:
        for recipe in folk.choose_recipes(palettes, settings.folk.songs, settings.folk.seed):
            songs.append(
                folk_songs.folk_song(recipe, palettes[recipe.region].palette, settings.folk)
            )
    return songs


def settle_claims(songs: list[Song], belongs: dict[str, str]) -> tuple[list[Song], dict[str, str]]:
    """One entry for each song, and a reason for each song that two or more regions claim.

    belongs: the corpus's word on a song, by its id or link: the region that has it.
    """
    claims = defaultdict(list)
    for song in songs:
        claims[song.song].append(song)
    chosen, contested = [], {}
    for name, claim in claims.items():
        word = belongs.get(name) or belongs.get(claim[0].source)
        kept = [song for song in claim if word in (None, song.region)] or claim
        regions = sorted({song.region for song in kept})
        chosen.append(kept[0])
        if len(regions) > 1:
            contested[name] = (
                f"in {' and '.join(regions)}: keep it in one of them, or say in the corpus file "
                f"which it belongs to, as `belongs: {{{name}: {regions[0]}}}`"
            )
    return chosen, contested
