"""The songs that benchmarks.generate compares: real ones, and new ones of each method."""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from app.candidate import copied, written
from app.order import Order
from benchmarks import judge
from stages import composer, corpus, parallel, pieces, transcribe
from stages.composer import Composer
from stages.folk import Recipe
from stages.ngram import Ngram
from stages.params import Params
from stages.tokens import METERS

SECONDS = 30.0  # of a song
GUIDE = Path("models")
Song = dict  # region, path, pieces, run, and of a new one liked and seconds


@lru_cache(4)
def writer(folder: Path, method: str) -> Composer:
    """A composer, or the n-gram model of the same lines in its place."""
    found = composer.load(folder)
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
    facts, made = written(own, order, palette, numbers, target)
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
            made = [(pieces.from_bar(one), one.bar) for one in recipe.tunes if one.bar in METERS]
        else:
            heard = transcribe.transcribe(path, settings.transcribe, transcribe.WEIGHTS)
            passages = pieces.passages(heard, recipe.song, recipe.region)
            made = [(one.notes, one.bar) for one in passages]
        run = copied(made, own)["longest_run_notes"] if made else 0
        found.append({"region": recipe.region, "path": path, "pieces": made, "run": run})
    return found


def every(task: Callable, items: list[tuple], label: str) -> list:
    """task(*item) of all items, in several processes.

    Raises:
        SystemExit: a process died.
    """
    found = list(parallel.each(task, items, label))
    if lost := [one for one in found if isinstance(one, parallel.Died)]:
        raise SystemExit(f"{label}: {len(lost)} songs: {lost[0]}")
    return found


def best(songs: list[Song]) -> Song:
    """The try that the guide keeps, with what all tries cost."""
    kept = max(songs, key=lambda song: song["liked"])
    return kept | {"seconds": sum(song["seconds"] for song in songs)}
