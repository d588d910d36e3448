"""Features of every segment as one array, computed again only for songs that changed."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from musicregion.audio.windows import read_windows
from musicregion.compute.parallel import map_songs
from musicregion.config.sections import Section
from musicregion.errors import InputError
from musicregion.storage import array_store, cache_key, checksums, tables
from musicregion.storage.paths import SEGMENT_FLACS, SEGMENTS, features_folder

Map = Callable[[Callable, Iterable[tuple], str], Iterator]


@dataclass(frozen=True)
class FeatureKind:
    """How one kind of features is computed.

    module, packages: whose source and versions decide the values.
    extract_song: (file, number of segments, params section) to [segment, time, channel].
    map_songs: how it is called for many songs.
    """

    module: str
    packages: tuple[str, ...]
    extract_song: Callable[[Path, int, Section], np.ndarray]
    map_songs: Map = map_songs


def extract_song(
    compute: Callable[[np.ndarray, int, Section], np.ndarray],
    path: Path,
    segments: int,
    settings: Section,
) -> np.ndarray:
    """Features of a song's segments, float32 [segment, time, channel].

    compute: (window [sample], sample rate, settings) to features [time, channel].
    """
    features = None
    for index, (window, sample_rate) in enumerate(read_windows(path, segments)):
        block = compute(window, sample_rate, settings)
        if features is None:  # a song may last ten hours: there is no second copy of it
            features = np.empty((segments, *block.shape), "float32")
        features[index] = block
    return features


def extract_corpus(name: str, kind: FeatureKind, settings: Section) -> np.ndarray:
    """Write the array of all segments' features and return it, float32 [segment, time, channel].

    Raises:
        InputError: data/segments and segments.csv do not fit together.
    """
    segments = tables.SEGMENTS.read()
    key = cache_key.source_key(settings, [kind.module], kind.packages)
    keys, items = {}, {}
    for (region, song), count in segments.groupby(["region", "song"], sort=False).size().items():
        path = SEGMENT_FLACS / region / f"{song}.flac"
        keys[song] = cache_key.join_keys(key, checksums.flac_md5(path), str(count))
        items[song] = (path, count, settings)
    array = array_store.update_array(
        features_folder(name), "features", keys, kind.extract_song, items, name, kind.map_songs
    )
    if len(array) != len(segments):
        raise InputError(f"{SEGMENTS} has {len(segments)} rows, data/segments {len(array)} windows")
    return array
