"""Cuts songs into equal windows: one FLAC per song, cut again only if something changed."""

import errno
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import soundfile

from musicregion.audio.decode import DECODERS, decode
from musicregion.audio.windows import standardise
from musicregion.compute import guards, parallel
from musicregion.compute.silence import silence
from musicregion.config.sections import Segment
from musicregion.errors import TaskDied, Undecodable
from musicregion.storage import cache_key, checksums, journal
from musicregion.storage.files import writing
from musicregion.storage.paths import SEGMENT_FLACS, SEGMENT_JOURNAL

FREE_SPACE = 1 << 24  # bytes; a disk with less counts as full


def segment_song(source: Path, target: Path, settings: Segment) -> list[dict[str, Any]]:
    """Write the windows of one song; returns its rows of segments.csv without song and region.

    Raises:
        Undecodable: the song is unreadable, silent or too short; the text says which.
        OSError: the target cannot be written.
    """
    rate = settings.sample_rate
    rows: list[dict[str, Any]] = []
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
    except soundfile.SoundFileError as error:  # from writing: decode raises none of these
        full = shutil.disk_usage(target.parent).free < FREE_SPACE
        number = errno.ENOSPC if full else errno.EIO
        raise OSError(number, f"not written ({error})", str(target)) from error
    return rows


def segment_or_reason(source: Path, target: Path, settings: Segment) -> list[dict[str, Any]] | str:
    """The song's rows, as segment_song returns them, or the reason why it has none."""
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
    """Whether the file exists, with the samples whose MD5 the journal states."""
    return target.is_file() and checksums.flac_md5(target) == md5


def update_segments(songs: pd.DataFrame, settings: Segment) -> list[dict[str, Any]]:
    """Bring SEGMENT_FLACS up to date: cut the songs that are new or changed.

    songs: rows of songs.csv. Returns a row of the journal for each: song, made (its key), md5 (of
    the samples), and rows or a reason.
    """
    code = cache_key.source_key(settings, [__name__], DECODERS)
    earlier = journal.read_by_song(SEGMENT_JOURNAL)
    results: dict[str, dict[str, Any]] = {}
    outdated = []
    for song in songs.to_dict("records"):
        name, target = song["song"], SEGMENT_FLACS / song["region"] / f"{song['song']}.flac"
        before = earlier.get(name, {})
        key = cache_key.join_keys(code, song["sha256"], song["region"])
        if before.get("made") == key and (before["reason"] or is_current(target, before["md5"])):
            results[name] = before
        else:
            outdated.append((name, key, Path(song["path"]), target))
    work = ((path, target, settings) for _, _, path, target in outdated)
    for (name, key, _, target), result in zip(
        outdated, parallel.map_songs(segment_or_reason, work, "segment"), strict=True
    ):
        if isinstance(result, list):
            row = {"made": key, "md5": checksums.flac_md5(target), "rows": result, "reason": ""}
        else:
            target.unlink(missing_ok=True)
            # a task may have died of a fault of the machine: it is tried again next time
            made = "" if isinstance(result, TaskDied) else key
            row = {"made": made, "md5": "", "rows": [], "reason": str(result)}
        results[name] = {"song": name} | row
        journal.append(SEGMENT_JOURNAL, results[name])
    return [results[name] for name in songs["song"]]
