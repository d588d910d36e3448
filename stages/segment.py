"""`python -m stages.segment`: every song as a whole number of equal windows, one FLAC a song."""

import errno
import shutil
from pathlib import Path

import pandas as pd
import soundfile

from stages import atomic, journal, parallel, params, provenance, tables
from stages.audio import Undecodable, decode
from stages.download import SONGS
from stages.parallel import Died
from stages.prune import prune
from stages.sections import Segment
from stages.silence import silence
from stages.windows import standardised

FLACS = Path("data/segments")
SEGMENTS = Path("data/segments.csv")
FAILED = Path("data/failed.csv")
JOURNAL = Path("data/segments.jsonl")
DECODERS = ["numpy", "soundfile", "av", "soxr"]  # whose versions decide the samples
ROOM = 1 << 24  # bytes; a disk with less is full


def segment(source: Path, target: Path, settings: Segment) -> list[dict]:
    """Standardise one song into `target`. Returns its rows of segments.csv without song and region.

    Raises:
        Undecodable: the song is unreadable, silent or too short; the text says which.
        OSError: the target cannot be written.
    """
    rate = settings.sample_rate
    rows: list[dict] = []
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_suffix(".part")
    try:
        with soundfile.SoundFile(aside, "w", rate, 1, "PCM_16", format="FLAC") as file:
            blocks = parallel.watched(decode(source, rate))
            for index, window in enumerate(standardised(blocks, settings)):
                file.write(window.samples)
                rows.append(
                    {
                        "index": index,
                        "start_s": index * settings.window,
                        "duration_s": window.real / rate,
                        "looped": window.real < len(window.samples),
                    }
                )
        atomic.replace(aside, target)
    except soundfile.SoundFileError as error:  # decode has none of these: it is of the writing
        full = shutil.disk_usage(target.parent).free < ROOM
        number = errno.ENOSPC if full else errno.EIO
        raise OSError(number, f"not written ({error})", str(target)) from error
    finally:
        aside.unlink(missing_ok=True)
    return rows


def attempt(source: Path, target: Path, settings: Segment) -> list[dict] | str:
    """The song's rows, or the reason why it has none."""
    try:
        with silence():
            return segment(source, target, settings)
    except Undecodable as error:
        return str(error)
    except OSError as error:
        if Path(error.filename or "") != source:
            raise
        return f"not readable: {error.strerror or error}"


def holds(target: Path, md5: str) -> bool:
    """Whether the file is there and its samples are those that the row was written for."""
    return target.is_file() and provenance.flac_md5(target) == md5


def renew(songs: pd.DataFrame, settings: Segment) -> list[dict]:
    """Bring FLACS up to date with the songs: cut those that are new or changed, drop the others.

    songs: rows of songs.csv. Returns a row for each: song, made (its key), md5 (of the samples),
    and rows or a reason.
    """
    key = provenance.key(settings, ["stages.segment", "stages.windows", "stages.audio"], DECODERS)
    earlier = journal.read(JOURNAL)
    results, fresh = {}, []
    for song in songs.itertuples():
        target = FLACS / song.region / f"{song.song}.flac"
        before = earlier.get(song.song, {})
        made = provenance.join(key, song.sha256, song.region)
        if before.get("made") == made and (before["reason"] or holds(target, before["md5"])):
            results[song.song] = before
        else:
            fresh.append((song.song, made, Path(song.path), target))
    work = ((path, target, settings) for _, _, path, target in fresh)
    for (name, made, _, target), result in zip(
        fresh, parallel.each(attempt, work, "segment"), strict=True
    ):
        good = isinstance(result, list)
        if not good:
            target.unlink(missing_ok=True)
        # one that died may have met a machine in trouble: it is tried again
        results[name] = {"song": name, "made": "" if isinstance(result, Died) else made}
        results[name] |= {"md5": provenance.flac_md5(target) if good else ""}
        results[name] |= {"rows": result if good else [], "reason": "" if good else str(result)}
        journal.append(JOURNAL, results[name])
    return [results[name] for name in songs["song"]]


def main() -> None:
    settings = params.from_command(__doc__).segment
    songs = tables.read(SONGS, tables.SONGS)
    failed = songs.loc[songs["status"] != "ok", list(tables.FAILED)].to_dict("records")
    songs = songs[songs["status"] == "ok"]
    FLACS.mkdir(parents=True, exist_ok=True)
    results = renew(songs, settings)

    rows, wanted = [], set()
    for song, result in zip(songs.itertuples(), results, strict=True):
        own = {"song": song.song, "region": song.region}
        rows += [own | row for row in result["rows"]]
        if result["rows"]:
            wanted.add(FLACS / song.region / f"{song.song}.flac")
        else:
            failed.append(own | {"source": song.source, "reason": result["reason"]})
    prune(FLACS, wanted)
    journal.settle(JOURNAL, results)
    tables.write(rows, tables.SEGMENTS, SEGMENTS)
    tables.write(failed, tables.FAILED, FAILED)
    for row in failed:
        print(f"left out: {row['region']}/{row['song']} ({row['source']}): {row['reason']}")
    if not rows:
        raise SystemExit("segment: not one usable song; the reasons are above")
    print(f"segment: {len(wanted)} songs, {len(rows)} windows, {len(failed)} songs left out")


if __name__ == "__main__":
    import stages.failure
    import stages.segment

    with stages.failure.told("segment"):
        stages.segment.main()  # by this name, for worker processes to import
