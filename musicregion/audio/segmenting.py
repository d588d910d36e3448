"""Cuts songs into equal windows: one FLAC per song, none cut twice."""

import errno
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import soundfile

from musicregion.audio.decode import DECODERS, Observe, decode
from musicregion.audio.nuisances import NuisanceMeter
from musicregion.audio.windows import standardise
from musicregion.compute import guards
from musicregion.compute.silence import silence
from musicregion.config.sections import Segment
from musicregion.errors import InputError, Undecodable
from musicregion.storage import cache_key, checksums, stored_tasks
from musicregion.storage.files import writing
from musicregion.storage.paths import SEGMENT_FLACS

FREE_SPACE = 1 << 24  # bytes; a disk with less counts as full


def segment_song(
    source: Path, target: Path, settings: Segment, observe: Observe | None = None
) -> list[dict[str, Any]]:
    """Write the windows of one song; returns its rows of segments.csv without song and region.

    observe: see decode.

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
            blocks = guards.watched(decode(source, rate, observe))
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


def segment_or_reason(
    source: Path, target: Path, settings: Segment, observe: Observe | None = None
) -> list[dict[str, Any]] | str:
    """The song's rows, as segment_song returns them, or the reason why it has none.

    Raises:
        InputError: the song's file is not there, or not readable.
    """
    try:
        with silence():
            return segment_song(source, target, settings, observe)
    except Undecodable as error:
        return str(error)
    except OSError as error:
        if Path(error.filename or "") != source:
            raise
        raise InputError(
            f"{source}: not readable: {error.strerror or error}. `dvc repro -f download` writes it "
            "again."
        ) from None


def segment_to_store(source: Path, target: Path, settings: Segment) -> dict[str, Any]:
    """What is stored of a song: rows, a reason if there are none, and flac: its bytes [byte].

    Also nuisances: its row of nuisances.csv without song and region.
    """
    meter = NuisanceMeter()
    rows = segment_or_reason(source, target, settings, meter.add)
    if isinstance(rows, str):
        return {"rows": [], "reason": rows, "flac": np.empty(0, "uint8"), "nuisances": {}}
    flac = np.memmap(target, "uint8", "r")
    return {"rows": rows, "reason": "", "flac": flac, "nuisances": meter.nuisances(source)}


def write_flac(flac: np.ndarray, target: Path) -> None:
    """Write a file's bytes [byte], unless it is there with the same samples."""
    if (
        not target.is_file()
        or target.stat().st_size != len(flac)
        or checksums.flac_md5(target) != flac[26:42].tobytes().hex()
    ):
        with writing(target) as part, part.open("wb") as file:
            file.write(flac.data)


def update_segments(songs: pd.DataFrame, settings: Segment) -> list[dict[str, Any]]:
    """Write the segments of all songs to SEGMENT_FLACS.

    songs: rows of songs.csv. Returns rows, nuisances, and a reason if there are none, for each.
    """
    code = cache_key.source_key(settings, [__name__], DECODERS)
    records = songs.to_dict("records")
    targets = [SEGMENT_FLACS / song["region"] / f"{song['song']}.flac" for song in records]
    keys = [cache_key.join_keys(code, song["sha256"]) for song in records]
    items = [
        (Path(song["path"]), target, settings)
        for song, target in zip(records, targets, strict=True)
    ]
    results = []
    segmented = stored_tasks.map_stored(segment_to_store, keys, items, "segment")
    for target, result in zip(targets, segmented, strict=True):
        if isinstance(result, Exception):  # of a song whose process died
            result = {"rows": [], "reason": str(result), "nuisances": {}}
        if result["rows"]:
            write_flac(result["flac"], target)
        else:
            target.unlink(missing_ok=True)
        results.append({name: result[name] for name in ("rows", "reason", "nuisances")})
    return results
