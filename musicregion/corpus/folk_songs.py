"""Offers the `folk:` source of a corpus as songs, each rendered when it is fetched."""

from pathlib import Path

from musicregion.config.sections import Folk
from musicregion.corpus import folk_rendering
from musicregion.corpus.sources import Fetched, Song
from musicregion.rendering.tune import Recipe
from musicregion.storage import cache_key


def folk_song(recipe: Recipe, settings: Folk) -> Song:
    """A song that is rendered from tunes; its version changes with all that decides its samples."""

    def render_to(folder: Path, stem: str) -> Fetched:
        path = folder / f"{stem}.flac"
        folk_rendering.render_recipe(recipe, settings, path)
        return Fetched(path)

    titles = " / ".join(tune.title for tune in recipe.tunes)
    code = cache_key.source_key(settings, [folk_rendering.__name__], folk_rendering.PACKAGES)
    tunes = [(tune.notes.tolist(), tune.bar, tune.upbeat) for tune in recipe.tunes]
    contents = repr((recipe.region, recipe.number, recipe.palette, recipe.tempo, tunes))
    version = cache_key.join_keys(code, contents)
    return Song(
        recipe.song, recipe.region, titles, "folk: music21", render_to, version, computed=True
    )
