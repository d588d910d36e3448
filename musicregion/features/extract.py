"""Features of every segment as one array; no song's are computed twice."""

import numpy as np
import soundfile

from musicregion.compute.parallel import map_songs, map_songs_in_process
from musicregion.config.sections import Section
from musicregion.errors import InputError
from musicregion.features.kind import FeatureKind
from musicregion.storage import array_store, cache_key, checksums, tables
from musicregion.storage.paths import SEGMENT_FLACS, SEGMENTS, features_folder, features_front_end


def extract_corpus(name: str, kind: FeatureKind, settings: Section) -> np.ndarray:
    """Write the array of all segments' features; returns it, float32 [segment, time, channel].

    name: of the kind, in KINDS and in params.yaml. The rows are those of segments.csv.

    Raises:
        InputError: data/segments and segments.csv do not fit together.
    """
    segments = tables.SEGMENTS.read()
    code = cache_key.source_key(settings, [kind.module], kind.packages)
    songs = segments.groupby(["region", "song"], sort=False).size().reset_index(name="segments")
    keys, items = {}, {}
    front_end = None
    for row in songs.to_dict("records"):
        path = SEGMENT_FLACS / row["region"] / f"{row['song']}.flac"
        count = row["segments"]
        keys[row["song"]] = cache_key.join_keys(code, checksums.flac_md5(path), str(count))
        if front_end is None:  # segments are equally long
            file = soundfile.info(path)
            front_end = kind.make_front_end(file.samplerate, file.frames // count, settings)
        items[row["song"]] = (path, count, front_end, settings)
    map_function = map_songs_in_process if kind.uses_all_cores else map_songs
    array = array_store.write_array(
        features_folder(name), "features", keys, kind.extract_song, items, name, map_function
    )
    assert front_end is not None  # write_array refuses to write no song
    front_end.save(features_front_end(name))
    if len(array) != len(segments):
        raise InputError(
            f"{SEGMENTS} has {len(segments)} rows, but data/segments {len(array)} windows. "
            "`dvc repro -f segment` makes both again."
        )
    return array
