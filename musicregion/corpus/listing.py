"""Lists the songs of a corpus, and settles which region a song belongs to."""

from collections import defaultdict
from dataclasses import replace

from musicregion.config.corpus import Corpus, FolkSource
from musicregion.config.params import Params
from musicregion.corpus.sources import Song


def list_corpus(chosen: Corpus, settings: Params) -> list[Song]:
    """Every song that the corpus's sources list now, in the order of the corpus file.

    Raises:
        Unavailable: a source cannot be listed.
        ConfigError: the folk source has too few tunes.
    """
    from musicregion.corpus import folk, folk_songs, playlist, sources

    songs: list[Song] = []
    for name, region in chosen.regions.items():
        for source in region.sources:
            if isinstance(source, FolkSource):
                continue
            address, album = (
                (source, "") if isinstance(source, str) else (source.source, source.album)
            )
            if address.startswith(("http://", "https://")):
                listed = playlist.list_playlist(name, address, settings.download)
            else:
                listed = sources.list_folder(name, address)
            songs += [replace(song, album=album) for song in listed]
    recipes = folk.choose_recipes(chosen, settings.folk.songs, settings.folk.seed)
    return songs + [folk_songs.folk_song(recipe, settings.folk) for recipe in recipes]


def settle_claims(songs: list[Song], corpus: Corpus) -> tuple[list[Song], dict[str, str]]:
    """One entry for each song, and a reason for each song that two or more regions list.

    A song for which the corpus file has a decision is in that region, whichever lists it.
    """
    claims = defaultdict(list)
    for song in songs:
        claims[song.song].append(song)
    chosen, contested = [], {}
    for name, entries in claims.items():
        decision = corpus.decision(name, entries[0].source)
        listing = [song for song in entries if song.region == decision]
        first = listing[0] if listing else entries[0]
        chosen.append(replace(first, region=decision or first.region))
        regions = [decision] if decision else sorted({song.region for song in entries})
        if len(regions) > 1:
            contested[name] = (
                f"in {' and '.join(regions)}: keep it in one of them, or state in the corpus file "
                f"which it belongs to, as `belongs: {{{name}: {regions[0]}}}`"
            )
    return chosen, contested
