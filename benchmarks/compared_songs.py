"""The songs that benchmarks.generate compares: real ones, and new ones of each method."""

import time
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from benchmarks import judge
from benchmarks.tasks import map_all
from musicregion.composition import composer, pieces
from musicregion.composition.composer import Composer
from musicregion.composition.ngram import Ngram
from musicregion.composition.vocabulary import METERS, token_ids
from musicregion.config import corpus
from musicregion.config.corpus import Palette
from musicregion.config.params import Params
from musicregion.generation.candidate import measure_copying, write_candidate
from musicregion.generation.order import Order
from musicregion.generation.songs import TRIES
from musicregion.rendering.tune import Recipe
from musicregion.storage import paths
from musicregion.transcription import basic_pitch

GUIDE = paths.MODELS
SECONDS = 30.0  # of a song
SEED = 1
Song = dict  # region, path, pieces, run (longest copied, notes); of a new one: liked, seconds
SongSets = dict[tuple[str, str, bool], list[Song]]  # by notes, method, guided


@lru_cache(4)
def load_writer(folder: Path, method: str) -> Composer:
    """A composer; with the method "ngram" its n-gram baseline writes in place of its decoder."""
    writer = composer.load_composer(folder)
    if method == "ngram":
        size = len(token_ids(writer.card["regions"]))
        baseline = Ngram(size)
        for sequence in writer.sequences:
            baseline.learn(sequence)
        writer = replace(writer, next_token=baseline.probabilities)
    return writer


def write_song(
    order: Order, palette: Palette, method: str, numbers: tuple[int, int], target: Path
) -> Song:
    """One try at a new song. method: ngram or decoder. numbers: of the song and of the try."""
    writer = load_writer(order.composer, method)
    start = time.perf_counter()
    facts, new_pieces = write_candidate(writer, order, palette, numbers, target)
    return {
        "region": order.region,
        "path": target.with_suffix(".flac"),
        "pieces": new_pieces,
        "run": facts["novelty"]["longest_run_notes"],
        "liked": facts["probabilities"][order.region],
        "seconds": time.perf_counter() - start,
    }


def render_real_song(
    recipe: Recipe, folder: Path, settings: Params, composers: list[Path]
) -> list[Song]:
    """A rendered song, once for each composer: with pieces such as the composer learns from."""
    path = judge.render(recipe, settings, folder)
    songs = []
    for composer_folder in composers:
        writer = load_writer(composer_folder, "decoder")
        if writer.one_voice:
            real_pieces = [
                (pieces.shift_to_bar(tune), tune.bar) for tune in recipe.tunes if tune.bar in METERS
            ]
        else:
            notes = basic_pitch.transcribe(path, settings.transcribe, paths.BASIC_PITCH_WEIGHTS)
            passages = pieces.cut_passages(notes, recipe.song, recipe.region)
            real_pieces = [(passage.notes, passage.bar) for passage in passages]
        run = measure_copying(real_pieces, writer)["longest_run_notes"] if real_pieces else 0
        songs.append({"region": recipe.region, "path": path, "pieces": real_pieces, "run": run})
    return songs


def best_try(tries: list[Song]) -> Song:
    """The try that the guide likes best, with the time that all tries took."""
    best = max(tries, key=lambda song: song["liked"])
    return best | {"seconds": sum(song["seconds"] for song in tries)}


def write_tries(
    notes: str, method: str, composer_folder: Path, real: list[Recipe], folder: Path
) -> list[list[Song]]:
    """All tries at new songs, one song in the region of each real one."""
    palettes = corpus.load("folk").own_palettes()
    items = []
    for song, recipe in enumerate(real):
        order = Order(composer_folder, GUIDE, recipe.region, SECONDS, SEED)
        for attempt in range(TRIES):
            target = folder / f"{notes}-{method}-{song}-{attempt}"
            items.append((order, palettes[recipe.region], method, (song, attempt), target))
    songs = map_all(write_song, items, f"{notes} {method}")
    return [songs[start : start + TRIES] for start in range(0, len(songs), TRIES)]


def make_song_sets(
    composers: dict[str, Path], real: list[Recipe], settings: Params, folder: Path
) -> SongSets:
    """Real and new songs. composers: by the notes that they were trained on."""
    items = [(recipe, folder, settings, list(composers.values())) for recipe in real]
    real_songs = map_all(render_real_song, items, "real songs")
    song_sets: SongSets = {}
    for index, (notes, composer_folder) in enumerate(composers.items()):
        song_sets[notes, "real", False] = [songs[index] for songs in real_songs]
        for method in ("ngram", "decoder"):
            tries = write_tries(notes, method, composer_folder, real, folder)
            song_sets[notes, method, False] = [songs[0] for songs in tries]
            song_sets[notes, method, True] = [best_try(songs) for songs in tries]
    return song_sets
