"""`python -m stages.fingerprint`: which songs hold the same recording → data/groups.csv.

Also writes data/duplicates.csv, the pairs of such songs; prints them, and likely wrong regions.
"""

from musicregion.audio.fingerprints import find_copies, name_copies
from musicregion.command import run
from musicregion.config import params
from musicregion.dataset.groups import connected_groups
from musicregion.storage import tables


def main() -> None:
    settings = params.load_for_command(__doc__).fingerprint
    songs = tables.SEGMENTS.read()[["song", "region"]].drop_duplicates().reset_index(drop=True)
    pairs = find_copies(songs, settings)
    groups = songs.groupby(connected_groups(len(songs), pairs))["song"].transform("min")
    tables.GROUPS.write(songs.assign(group=groups).sort_values("song"))
    copies = name_copies(songs, pairs)
    tables.DUPLICATES.write(copies)
    for row in copies.itertuples():
        print(f"{row.share:.0%} of {row.region}/{row.song} is in {row.other_region}/{row.other}")
    for row in copies[copies["region"] != copies["other_region"]].itertuples():
        print(
            f"likely a labelling mistake: {row.song} is in {row.region}, and {row.other}, "
            f"the same recording, in {row.other_region}"
        )
    print(f"fingerprint: {len(songs)} songs in {groups.nunique()} groups")


if __name__ == "__main__":
    run(main)
