"""Excerpts of songs after every intervention, and their features; neither is computed twice."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks import interventions
from benchmarks.interventions import INTERVENTIONS
from musicregion.audio.decode import DECODERS
from musicregion.audio.windows import standardise, waveform
from musicregion.compute import parallel
from musicregion.config.params import Params
from musicregion.config.sections import Section, Segment
from musicregion.dataset.dataset import Dataset
from musicregion.errors import TaskDied, Undecodable
from musicregion.features.front_end import FrontEnd, load_front_end
from musicregion.features.registry import KINDS
from musicregion.storage import cache_key, stored_tasks, tables
from musicregion.storage.paths import features_front_end

PACKAGES = (*DECODERS, "scipy", "librosa")  # whose versions decide what interventions make
Blocks = dict[str, np.ndarray]  # of a song, by intervention: [segment, ...]


def excerpt_windows(path: Path, seconds: float, settings: Segment) -> Blocks:
    """Windows of a song's beginning, int16 [segment, sample]; {} if an excerpt is silent."""
    excerpt = interventions.read_excerpt(path, seconds, settings.sample_rate)
    windows = {}
    for what, change in INTERVENTIONS.items():
        wave = change(excerpt).astype("float32")
        try:
            windows[what] = np.stack(
                [window.samples for window in standardise(iter([wave]), settings)]
            )
        except Undecodable:
            return {}
    return windows


def excerpt_features(
    windows: Blocks, kind: str, front_end: FrontEnd, section: Section, network: Path | None
) -> Blocks:
    """Features of one kind [segment, time, channel] of a song's windows."""
    compute_song = KINDS[kind].compute_song
    return {
        what: np.concatenate(list(compute_song(map(waveform, block), front_end, section, network)))
        for what, block in windows.items()
    }


def map_blocks(
    task: Callable, keys: list[str], items: list[tuple], label: str, songs: list[str]
) -> Iterator[tuple[str, Blocks]]:
    """Yield each song and task(*item), stored or new.

    Raises:
        TaskDied: the process of a song crashed or hung.
    """
    results = stored_tasks.map_stored(task, keys, items, label, parallel.map_songs)
    for song, result in zip(songs, results, strict=True):
        if isinstance(result, TaskDied):
            raise TaskDied(f"{label}: {song}: {result}")
        yield song, result


def all_excerpt_features(
    settings: Params, seconds: float, songs: list[str]
) -> dict[str, dict[str, Blocks]]:
    """Features of the first seconds of some songs, by kind and song; without silent ones."""
    table = tables.SONGS.read().set_index("song").loc[songs]
    modules = [interventions.__name__, __name__]
    code = cache_key.source_key(settings.segment, modules, PACKAGES)
    keys = [cache_key.join_keys(code, str(seconds), sha256) for sha256 in table["sha256"]]
    items = [(Path(path), seconds, settings.segment) for path in table["path"]]
    windows = dict(map_blocks(excerpt_windows, keys, items, "excerpts", songs))
    features = {}
    for name in settings.kinds:
        kind, section = KINDS[name], getattr(settings, name)
        network = kind.make_network(section) if kind.make_network else None
        code = cache_key.source_key(section, [kind.module], kind.packages)
        constants = name, load_front_end(features_front_end(name)), section, network
        blocks = map_blocks(
            excerpt_features,
            [cache_key.join_keys(code, key) for key in keys],
            [(windows[song], *constants) for song in songs],
            name,
            songs,
        )
        features[name] = {song: of_song for song, of_song in blocks if of_song}
    return features


def excerpt_datasets(data: Dataset, features: dict[str, dict[str, Blocks]]) -> dict[str, Dataset]:
    """A dataset of excerpts for each intervention, with the labels of `data`.

    features: as of all_excerpt_features.
    """
    row = {song: index for index, song in enumerate(data.songs)}  # any row of a song
    datasets = {}
    for what in INTERVENTIONS:
        arrays = {
            kind: [blocks[what] for blocks in by_song.values()]
            for kind, by_song in features.items()
        }
        (songs, *_) = features.values()
        counts = [len(blocks[what]) for blocks in songs.values()]
        rows = np.repeat([row[song] for song in songs], counts)
        datasets[what] = Dataset(
            {kind: np.concatenate(blocks) for kind, blocks in arrays.items()},
            *(getattr(data, name)[rows] for name in ("labels", "songs", "groups", "parts")),
            data.regions,
        )
    return datasets
