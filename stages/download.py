"""`python -m stages.download`: the chosen corpus → data/raw/<region>/ and data/songs.csv."""

import errno
import hashlib
import os
import shutil
from collections import defaultdict
from pathlib import Path

import joblib
from tqdm import tqdm

from stages import corpus, params, tables
from stages.audio import duration
from stages.corpus import Corpus, FolkSource
from stages.params import Params
from stages.sources import Song, Unavailable

RAW = Path("data/raw")
SONGS = Path("data/songs.csv")
ASIDE = Path("data/raw.part")  # where files grow, so that RAW never holds half a file


def offered(chosen: Corpus, settings: Params) -> list[Song]:
    """Every song that the corpus's sources list now, in the corpus file's order.

    Raises:
        Unavailable: a source cannot be listed.
    """
    from stages import folk, playlist, sources

    songs: list[Song] = []
    for name, region in chosen.regions.items():
        for source in region.sources:
            if isinstance(source, FolkSource):
                continue
            if source.startswith(("http://", "https://")):
                songs += playlist.songs(name, source, settings.download.retries)
            else:
                songs += sources.local(name, source)
    palettes = {
        name: source.palette
        for name, region in chosen.regions.items()
        for source in region.sources
        if isinstance(source, FolkSource)
    }
    if palettes:
        for recipe in folk.recipes(chosen, settings.folk.songs, settings.folk.seed):
            songs.append(sources.folk(recipe, palettes[recipe.region], settings.folk))
    return songs


def contested(songs: list[Song]) -> dict[str, list[str]]:
    """Ids of songs that two or more regions claim, each with those regions."""
    regions = defaultdict(set)
    for song in songs:
        regions[song.song].add(song.region)
    return {song: sorted(claims) for song, claims in regions.items() if len(claims) > 1}


def reject_copies(rows: list[dict]) -> None:
    """Keep one of several equal files in a region, and none where regions disagree.

    Else one recording could be trained on and tested with. Changes the rows, removes the files.
    """
    same = defaultdict(list)
    for row in rows:
        if row["status"] == "ok":
            same[row["sha256"]].append(row)
    for copies in same.values():
        regions = sorted({row["region"] for row in copies})
        for row in copies if len(regions) > 1 else copies[1:]:
            other = " and ".join(regions) if len(regions) > 1 else copies[0]["song"]
            Path(row["path"]).unlink()
            row |= {"status": "failed", "path": "", "reason": f"the same file is in {other}"}


def fetch(song: Song) -> dict:
    """Fetch one song into RAW. Returns what its row in songs.csv says of the file."""
    try:
        part = song.fetch(ASIDE, song.song)
    except Unavailable as error:
        return {"status": "failed", "reason": str(error)}
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise SystemExit("download: the disk is full") from error
        return {"status": "failed", "reason": f"{error.strerror or error}: {song.source}"}
    path = RAW / song.region / part.name
    path.parent.mkdir(parents=True, exist_ok=True)
    with part.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    os.replace(part, path)
    return {
        "path": path.as_posix(),
        "duration_s": duration(path),
        "sha256": sha256,
        "status": "ok",
    }


def main() -> None:
    settings = params.from_command(__doc__)
    chosen = corpus.load(settings.corpus)
    try:
        listed = offered(chosen, settings)
    except Unavailable as error:
        raise SystemExit(f"corpora/{settings.corpus}.yaml: {error}") from None
    double = contested(listed)
    songs = list({song.song: song for song in listed}.values())

    for folder in (RAW, ASIDE):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    # or else freed memory stays with the workers, and joblib takes it for a leak
    os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", "65536")
    wanted = [song for song in songs if song.song not in double]
    work = (joblib.delayed(fetch)(song) for song in wanted)
    got = joblib.Parallel(n_jobs=-1, return_as="generator")(work)
    got = tqdm(got, "download", len(wanted), unit="song")
    results = dict(zip([song.song for song in wanted], got, strict=True))
    for song, regions in double.items():
        reason = f"in {' and '.join(regions)}: keep it in one of them"
        results[song] = {"status": "failed", "reason": reason}
    shutil.rmtree(ASIDE)

    rows = []
    for song in songs:
        region = chosen.regions[song.region]
        rows.append(
            {"song": song.song, "region": song.region, "unknown": region.unknown}
            | {"title": song.title, "source": song.source, "licence": region.licence}
            | {"path": "", "sha256": "", "reason": ""}
            | results[song.song]
        )
    reject_copies(rows)
    tables.write(rows, tables.SONGS, SONGS)
    for row in rows:
        if row["status"] == "failed":
            print(f"failed: {row['region']}/{row['song']}: {row['reason']}")
    if not any(row["status"] == "ok" for row in rows):
        raise SystemExit("download: not one song could be had")


if __name__ == "__main__":
    import stages.download

    stages.download.main()  # by this name, so that worker processes can import what they are handed
