"""`python -m stages.fingerprint`: which songs hold the same recording → data/groups.csv.

Landmarks: pairs of spectral peaks, which survive another codec, bitrate or volume, and are in a
trimmed or looped copy too (A. Wang, An Industrial-Strength Audio Search Algorithm, ISMIR 2003).
"""

import numpy as np
import pandas as pd

from musicregion.audio.landmarks import extract_landmarks, match_identical, match_landmarks
from musicregion.command import run
from musicregion.config import params
from musicregion.dataset import groups
from musicregion.storage import array_store, cache_key, checksums, tables
from musicregion.storage.paths import FINGERPRINTS, SEGMENT_FLACS


def main() -> None:
    settings = params.load_for_command(__doc__).fingerprint
    segments = tables.SEGMENTS.read()
    songs = segments[["song", "region"]].drop_duplicates().reset_index(drop=True)
    key = cache_key.source_key(settings, [extract_landmarks.__module__], ["numpy", "scipy"])
    paths = {
        row.song: SEGMENT_FLACS / row.region / f"{row.song}.flac" for row in songs.itertuples()
    }
    wanted = {
        song: cache_key.join_keys(key, checksums.flac_md5(path)) for song, path in paths.items()
    }
    items = {song: (path,) for song, path in paths.items()}
    array = array_store.update_array(
        FINGERPRINTS, "landmarks", wanted, extract_landmarks, items, "fingerprint"
    )
    counts = tables.array_index(FINGERPRINTS).read()["rows"]
    found = match_landmarks(np.split(array, counts.cumsum()[:-1]))
    # a tone or a click has no landmarks, and yet copies
    found = pd.concat([match_identical(list(wanted.values())), found]).drop_duplicates(["a", "b"])
    found = found[found["share"] >= settings.share].sort_values("share", ascending=False)

    songs["group"] = songs.groupby(groups.connected_groups(len(songs), found))["song"].transform(
        "min"
    )
    tables.GROUPS.write(songs.sort_values("song"))
    a, b = (songs.loc[found[name]].reset_index(drop=True) for name in "ab")
    pairs = pd.DataFrame({"song": a["song"], "region": a["region"]})
    pairs[["other", "other_region"]] = b[["song", "region"]]
    pairs["share"] = found["share"].round(3).to_numpy()
    tables.DUPLICATES.write(pairs)
    for row in pairs.itertuples():
        print(f"{row.share:.0%} of {row.region}/{row.song} is in {row.other_region}/{row.other}")
    wrong = pairs[pairs["region"] != pairs["other_region"]]
    for row in wrong.itertuples():
        print(
            f"likely a labelling mistake: {row.song} is in {row.region}, and {row.other}, "
            f"the same recording, in {row.other_region}"
        )
    print(f"fingerprint: {len(songs)} songs in {songs['group'].nunique()} groups")


if __name__ == "__main__":
    run(main)
