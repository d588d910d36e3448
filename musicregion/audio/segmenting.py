"""Cuts songs into equal windows: one FLAC a song, cut again only where something changed."""

import errno
import shutil
from pathlib import Path

import pandas as pd
import soundfile

from musicregion.audio.decode import decode
from musicregion.audio.windows import standardise
from musicregion.compute import guards, parallel
from musicregion.compute.silence import silence
from musicregion.config.sections import Segment
from musicregion.errors import TaskDied, Undecodable
from musicregion.storage import cache_key, checksums, journal
from musicregion.storage.files import writing
from musicregion.storage.paths import SEGMENT_FLACS, SEGMENT_JOURNAL

DECODERS = ["numpy", "soundfile", "av", "soxr"]  # whose versions decide the samples
ROOM = 1 << 24  # bytes; a disk with less is full


def segment_song(source: Path, target: Path, settings: Segment) -> list[dict]:
    """Standardise one song into `target`. Returns its rows of segments.csv without song and region.

    Raises:
        Undecodable: the song is unreadable, silent or too short; the text says which.
        OSError: the target cannot be written.
    """
    rate = settings.sample_rate
    rows: list[dict] = []
    try:
        with (
            writing(target) as part,
            soundfile.SoundFile(part, "w", rate, 1, "PCM_16", format="FLAC") as file,
        ):
            blocks = guards.watched(decode(source, rate))
            for index, window in enumerate(standardise(blocks, settings)):
                file.write(window.samples)
                rows.append(
                    {
                        "index": index,
                        "start_s": index * settings.window,
                        "duration_s": window.real / rate,
                        "looped": window.real < len(window.samples),
                    }
                )
    except soundfile.SoundFileError as error:  # decode has none of these: it is of the writing
        full = shutil.disk_usage(target.parent).free < ROOM
        number = errno.ENOSPC if full else errno.EIO
        raise OSError(number, f"not written ({error})", str(target)) from error
    return rows


def segment_or_reason(source: Path, target: Path, settings: Segment) -> list[dict] | str:
    """The song's rows, or the reason why it has none."""
    try:
        with silence():
            return segment_song(source, target, settings)
    except Undecodable as error:
        return str(error)
    except OSError as error:
        if Path(error.filename or "") != source:
            raise
        return f"not readable: {error.strerror or error}"


def is_current(target: Path, md5: str) -> bool:
    """Whether the file is there and its samples are those that the row was written for."""
    return target.is_file() and checksums.flac_md5(target) == md5


def update_segments(songs: pd.DataFrame, settings: Segment) -> list[dict]:
    """Bring FLACS up to date with the songs: cut those that are new or changed, drop the others.

    songs: rows of songs.csv. Returns a row for each: song, made (its key), md5 (of the samples),
    and rows or a reason.
    """
    key = cache_key.source_key(settings, [__name__], DECODERS)
    earlier = journal.read_by_song(SEGMENT_JOURNAL)
    results, fresh = {}, []
    for song in songs.itertuples():
        target = SEGMENT_FLACS / song.region / f"{song.song}.flac"
        before = earlier.get(song.song, {})
        made = cache_key.join_keys(key, song.sha256, song.region)
        if before.get("made") == made and (before["reason"] or is_current(target, before["md5"])):
            results[song.song] = before
        else:
            fresh.append((song.song, made, Path(song.path), target))
    work = ((path, target, settings) for _, _, path, target in fresh)
    for (name, made, _, target), result in zip(
        fresh, parallel.map_songs(segment_or_reason, work, "segment"), strict=True
    ):
        good = isinstance(result, list)
        if not good:
            target.unlink(missing_ok=True)
        # one that died may have met a machine in trouble: it is tried again
        results[name] = {"song": name, "made": "" if isinstance(result, TaskDied) else made}
        results[name] |= {"md5": checksums.flac_md5(target) if good else ""}
        results[name] |= {"rows": result if good else [], "reason": "" if good else str(result)}
        journal.append(SEGMENT_JOURNAL, results[name])
    return [results[name] for name in songs["song"]]
