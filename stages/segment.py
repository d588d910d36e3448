"""`python -m stages.segment`: every song as a whole number of equal windows, one FLAC a song."""

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import soundfile
from tqdm import tqdm

from stages import corpus, params, tables
from stages.audio import Undecodable, decode
from stages.download import SONGS
from stages.params import Segment

FLACS = Path("data/segments")
SEGMENTS = Path("data/segments.csv")
FAILED = Path("data/failed.csv")
SILENCE = 1e-4  # root mean square, -80 dB below full scale


@dataclass(frozen=True)
class Window:
    """A segment: samples is float32 [sample], always of the full length."""

    samples: np.ndarray
    real: int  # samples of it that are the song's own, before looping


def windows(blocks: Iterable[np.ndarray], length: int, tail: int) -> Iterator[Window]:
    """Cut a stream of blocks [sample] into windows of `length` samples.

    A song shorter than a window is looped up to one. A rest longer than `tail` samples is looped
    too; a shorter rest is dropped.
    """
    rest = np.empty(0, "float32")
    first = True
    for block in blocks:
        rest = np.concatenate([rest, block])
        while len(rest) >= length:
            yield Window(rest[:length], length)
            rest, first = rest[length:], False
    if len(rest) and (first or len(rest) > tail):
        yield Window(np.resize(rest, length), len(rest))


def segment(source: Path, target: Path, settings: Segment) -> list[dict]:
    """Standardise one song into `target`. Returns its rows of segments.csv without song and region.

    Raises:
        Undecodable: the song is unreadable, silent or too short; the text says which.
    """
    rate = settings.sample_rate
    length = round(settings.window * rate)
    rows: list[dict] = []
    seconds = energy = 0.0
    aside = target.with_suffix(".part")
    try:
        with soundfile.SoundFile(aside, "w", rate, 1, "PCM_16", format="FLAC") as file:
            blocks = decode(source, rate)
            for index, window in enumerate(windows(blocks, length, round(settings.tail * length))):
                file.write(np.clip(window.samples, -1, 1))
                energy += float(np.square(window.samples, dtype="float64").mean())
                seconds += window.real / rate
                rows.append(
                    {
                        "index": index,
                        "start_s": index * settings.window,
                        "duration_s": window.real / rate,
                        "looped": window.real < length,
                    }
                )
        if seconds < settings.shortest:
            raise Undecodable(
                f"too short: {seconds:.2f} s, segment.shortest is {settings.shortest} s"
            )
        if np.sqrt(energy / len(rows)) < SILENCE:
            raise Undecodable("silent")
        os.replace(aside, target)
    finally:
        aside.unlink(missing_ok=True)
    return rows


def attempt(song: str, region: str, path: str, settings: Segment) -> list[dict] | str:
    """The song's rows, or the reason why it has none."""
    target = FLACS / region / f"{song}.flac"
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        rows = segment(Path(path), target, settings)
    except Undecodable as error:
        return str(error)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        return f"not readable: {error.strerror or error}"
    return [{"song": song, "region": region} | row for row in rows]


def enough(regions: list[str], segments: pd.DataFrame, folds: int) -> None:
    """Stop where one of the corpus's regions has fewer usable songs than the split has folds.

    Raises:
        SystemExit: names each such region, and what to do.
    """
    usable = segments.groupby("region")["song"].nunique()
    poor = [f"{name} ({usable.get(name, 0)})" for name in regions if usable.get(name, 0) < folds]
    if poor:
        raise SystemExit(
            f"segment: too few usable songs for split.folds = {folds} in: {', '.join(poor)}. "
            "Add songs to these regions, take the regions out of the corpus, or lower split.folds."
        )


def main() -> None:
    settings = params.from_command(__doc__)
    # the corpus file, not songs.csv, says which regions there should be
    regions = corpus.load(settings.corpus).classes()
    songs = tables.read(SONGS, tables.SONGS)
    failed = songs.loc[songs["status"] != "ok", list(tables.FAILED)].to_dict("records")
    songs = songs[songs["status"] == "ok"]
    shutil.rmtree(FLACS, ignore_errors=True)
    work = (
        joblib.delayed(attempt)(row.song, row.region, row.path, settings.segment)
        for row in songs.itertuples()
    )
    results = joblib.Parallel(n_jobs=-1, return_as="generator")(work)
    rows = []
    for row, result in zip(
        songs.itertuples(), tqdm(results, "segment", len(songs), unit="song"), strict=True
    ):
        if isinstance(result, str):
            failed.append(
                {"song": row.song, "region": row.region, "source": row.source, "reason": result}
            )
        else:
            rows += result
    tables.write(rows, tables.SEGMENTS, SEGMENTS)
    tables.write(failed, tables.FAILED, FAILED)
    for row in failed:
        print(f"left out: {row['region']}/{row['song']} ({row['source']}): {row['reason']}")
    segments = tables.read(SEGMENTS, tables.SEGMENTS)
    whole = segments["song"].nunique()
    print(f"segment: {whole} songs, {len(rows)} windows, {len(failed)} songs left out")
    enough(regions, segments, settings.split.folds)


if __name__ == "__main__":
    import stages.segment

    stages.segment.main()  # by this name, so that worker processes can import what they are handed
