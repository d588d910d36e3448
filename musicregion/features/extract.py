"""Features of every segment as one array for each kind; no song's are computed twice."""

from functools import partial

import numpy as np
import soundfile

from musicregion.config.sections import Section
from musicregion.errors import InputError
from musicregion.features.front_end import FrontEnd
from musicregion.features.kind import FeatureKind, extract_song
from musicregion.storage import array_store, cache_key, checksums, song_results, tables
from musicregion.storage.paths import (
    FEATURES,
    SEGMENT_FLACS,
    SEGMENTS,
    features_array,
    features_front_end,
    song_results_folder,
)


def _make_or_load_front_end(
    kind: FeatureKind, sample_rate: int, samples: int, settings: Section, code: str
) -> FrontEnd:
    """The constants, stored beside songs' results: making them waits a second for librosa."""
    folder = song_results_folder()
    key = cache_key.join_keys(code, "front end", str(sample_rate), str(samples))
    constants = song_results.load(folder, key)
    if constants is None:
        constants = vars(kind.make_front_end(sample_rate, samples, settings))
        song_results.store(folder, key, constants)
    return FrontEnd(**constants)


def extract_corpus(name: str, kind: FeatureKind, settings: Section) -> np.ndarray:
    """Write the array of all segments' features; returns it, float32 [segment, time, channel].

    name: of the kind, in KINDS and in params.yaml. The rows are those of segments.csv.

    Raises:
        InputError: data/segments and segments.csv do not fit together.
        DownloadError: a pretrained network cannot be fetched.
    """
    segments = tables.SEGMENTS.read()
    code = cache_key.source_key(settings, [kind.module, extract_song.__module__], kind.packages)
    network = kind.make_network(settings) if kind.make_network else None
    songs = segments.groupby(["region", "song"], sort=False).size().reset_index(name="segments")
    keys, items = {}, {}
    front_end = None
    for row in songs.to_dict("records"):
        path = SEGMENT_FLACS / row["region"] / f"{row['song']}.flac"
        count = row["segments"]
        keys[row["song"]] = cache_key.join_keys(code, checksums.flac_md5(path), str(count))
        if front_end is None:  # segments are equally long
            file = soundfile.info(path)
            samples = file.frames // count
            front_end = _make_or_load_front_end(kind, file.samplerate, samples, settings, code)
        items[row["song"]] = (path, count, front_end, settings, network)
    task = partial(extract_song, kind.compute_song)
    array = array_store.write_array(FEATURES, name, keys, task, items, name)
    assert front_end is not None  # write_array refuses to write no song
    front_end.save(features_front_end(name))
    if len(array) != len(segments):
        raise InputError(
            f"{SEGMENTS} has {len(segments)} rows, but data/segments {len(array)} windows. "
            "`dvc repro -f segment` makes both again."
        )
    return array


def describe_arrays(kinds: tuple[str, ...]) -> None:
    """Write features.csv: what each kind's array is; its checksum stands for all of them."""
    rows = []
    for name in kinds:
        path = features_array(name)
        segments, time, channels = np.load(path, mmap_mode="r").shape
        md5 = checksums.md5(path)
        rows.append({"kind": name, "segments": segments, "time": time, "channels": channels})
        rows[-1]["md5"] = md5
    tables.FEATURES.write(rows)
