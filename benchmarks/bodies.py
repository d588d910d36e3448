"""The songs that benchmarks.generate compares: real ones, and new ones of each method."""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from benchmarks import judge
from musicregion.composition import composer, pieces
from musicregion.composition.composer import Composer
from musicregion.composition.ngram import Ngram
from musicregion.composition.tokens import METERS
from musicregion.compute import parallel
from musicregion.config import corpus
from musicregion.config.params import Params
from musicregion.errors import InputError, TaskDied
from musicregion.generation.candidate import measure_copying, write_candidate
from musicregion.generation.order import Order
from musicregion.rendering.tune import Recipe
from musicregion.storage import paths
from musicregion.transcription import basic_pitch

SECONDS = 30.0  # of a song
GUIDE = Path("models")
Song = dict  # region, path, pieces, run, and of a new one liked and seconds


@lru_cache(4)
def writer(folder: Path, method: str) -> Composer:
    """A composer, or the n-gram model of the same lines in its place."""
    found = composer.load_composer(folder)
    if method == "ngram":
        size = len(found.following.weights[0])
        baseline = Ngram(size)
        for line in found.lines:
            baseline.learn(line)
        found = replace(found, following=baseline.probabilities)
    return found


def new(folder: Path, method: str, region: str, numbers: tuple[int, int], target: Path) -> Song:
    """One try at a song."""
    own = writer(folder, method)
    start = time.perf_counter()
    order = Order(folder, GUIDE, region, SECONDS, 1)
    palette = corpus.load("folk").folk()[region].palette
    facts, made = write_candidate(own, order, palette, numbers, target)
    return {
        "region": region,
        "path": target.with_suffix(".flac"),
        "pieces": made,
        "run": facts["novelty"]["longest_run_notes"],
        "liked": facts["probabilities"][region],
        "seconds": time.perf_counter() - start,
    }


def real(recipe: Recipe, folder: Path, settings: Params, wanted: list[Path]) -> list[Song]:
    """A rendered song, once for each composer: as its pieces would be."""
    path = judge.render(recipe, settings, folder)
    found = []
    for place in wanted:
        own = writer(place, "decoder")
        if own.one_voice:
            made = [
                (pieces.shift_to_bar(one), one.bar) for one in recipe.tunes if one.bar in METERS
            ]
        else:
            heard = basic_pitch.transcribe(path, settings.transcribe, paths.BASIC_PITCH_WEIGHTS)
            passages = pieces.cut_passages(heard, recipe.song, recipe.region)
            made = [(one.notes, one.bar) for one in passages]
        run = measure_copying(made, own)["longest_run_notes"] if made else 0
        found.append({"region": recipe.region, "path": path, "pieces": made, "run": run})
    return found


def every(task: Callable, items: list[tuple], label: str) -> list:
    """task(*item) of all items, in several processes.

    Raises:
        InputError: a process died.
    """
    found = list(parallel.map_songs(task, items, label))
    if lost := [one for one in found if isinstance(one, TaskDied)]:
        raise InputError(f"{label}: {len(lost)} songs: {lost[0]}")
    return found


def best(songs: list[Song]) -> Song:
    """The try that the guide keeps, with what all tries cost."""
    kept = max(songs, key=lambda song: song["liked"])
    return kept | {"seconds": sum(song["seconds"] for song in songs)}
