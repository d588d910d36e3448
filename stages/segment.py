"""`python -m stages.segment`: cuts every song into equal windows, one FLAC per song.

Also writes data/nuisances.csv: what each song's file is, apart from its music.
"""

from musicregion.audio.segmenting import update_segments
from musicregion.command import run
from musicregion.config import params
from musicregion.errors import NotEnoughData
from musicregion.storage import tables
from musicregion.storage.files import prune
from musicregion.storage.paths import SEGMENT_FLACS


def main() -> None:
    settings = params.load_for_command(__doc__).segment
    songs = tables.SONGS.read()
    failed = songs.loc[songs["status"] != "ok", list(tables.FAILED.columns)].to_dict("records")
    songs = songs[songs["status"] == "ok"]
    SEGMENT_FLACS.mkdir(parents=True, exist_ok=True)
    results = update_segments(songs, settings)

    rows, nuisances, paths = [], [], set()
    for song, result in zip(songs.itertuples(), results, strict=True):
        names = {"song": song.song, "region": song.region}
        rows += [names | row for row in result["rows"]]
        if result["rows"]:
            nuisances.append(names | result["nuisances"])
            paths.add(SEGMENT_FLACS / song.region / f"{song.song}.flac")
        else:
            failed.append(names | {"source": song.source, "reason": result["reason"]})
    prune(SEGMENT_FLACS, paths)
    tables.SEGMENTS.write(rows)
    tables.NUISANCES.write(nuisances)
    tables.FAILED.write(failed)
    for row in failed:
        print(f"left out: {row['region']}/{row['song']} ({row['source']}): {row['reason']}")
    if not rows:
        raise NotEnoughData("segment: not one usable song; the reasons are above")
    print(f"segment: {len(paths)} songs, {len(rows)} windows, {len(failed)} songs left out")


if __name__ == "__main__":
    run(main)
