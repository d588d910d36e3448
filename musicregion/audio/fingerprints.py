"""Fingerprints of all songs, none computed twice, and what they share."""

import pandas as pd

from musicregion.audio.landmark_matching import match_identical, match_landmarks
from musicregion.audio.landmarks import extract_landmarks
from musicregion.config.sections import Fingerprint
from musicregion.storage import array_store, cache_key, checksums, tables
from musicregion.storage.paths import FINGERPRINTS, LANDMARK_INDEX, SEGMENT_FLACS


def find_copies(songs: pd.DataFrame, settings: Fingerprint) -> pd.DataFrame:
    """Pairs of songs that hold the same recording: a, b (rows of `songs`), share; best first.

    songs: song and region of each, with a file in SEGMENT_FLACS. share: see match_landmarks.
    """
    code = cache_key.source_key(settings, [extract_landmarks.__module__], ["numpy", "scipy"])
    keys, items = {}, {}
    for song, region in zip(songs["song"], songs["region"], strict=True):
        path = SEGMENT_FLACS / region / f"{song}.flac"
        keys[song] = cache_key.join_keys(code, checksums.flac_md5(path))
        items[song] = (path,)
    array_store.write_array(
        FINGERPRINTS, "landmarks", keys, extract_landmarks, items, "fingerprint"
    )
    sizes = tables.array_index(FINGERPRINTS, "landmarks").read()["rows"].to_numpy()
    matches = match_landmarks(FINGERPRINTS / "landmarks.npy", sizes, LANDMARK_INDEX)
    # a tone or a click has no landmarks, but may have copies
    identical = match_identical(list(keys.values()))
    pairs = pd.concat([identical, matches]).drop_duplicates(["a", "b"])
    pairs = pairs[pairs["share"] >= settings.share]
    return pairs.sort_values("share", ascending=False, kind="stable")[["a", "b", "share"]]


def name_copies(songs: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Pairs as find_copies returns them, as rows of duplicates.csv."""
    a, b = (songs.loc[pairs[name]].reset_index(drop=True) for name in "ab")
    copies = pd.DataFrame({"song": a["song"], "region": a["region"]})
    copies[["other", "other_region"]] = b[["song", "region"]]
    copies["share"] = pairs["share"].round(3).to_numpy()
    return copies
