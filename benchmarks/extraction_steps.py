"""Where one process spends its time from raw audio to MFCC, and other containers; see extract.

Nothing but the step itself is in its seconds: no start of a process, no search for stored results.
"""

import cProfile
import pstats
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import soundfile

from musicregion.audio import segmenting
from musicregion.audio.decode import decode
from musicregion.audio.nuisances import NuisanceMeter
from musicregion.audio.windows import read_windows, standardise
from musicregion.config import params
from musicregion.features.kind import extract_song
from musicregion.features.registry import KINDS

CONTAINERS: dict[str, dict[str, Any]] = {  # of segments; arguments of soundfile.SoundFile
    "FLAC": {"format": "FLAC"},  # as the stage segment writes it: level 5 of 8
    "FLAC, level 0": {"format": "FLAC", "compression_level": 0},
    "WAV": {"format": "WAV"},
}


def measure_steps(songs: list[Path]) -> list[dict]:
    """A row for each step: seconds for all songs, times decoding, MB written."""
    settings, kind = params.load(), KINDS["mfcc"]
    rate = settings.segment.sample_rate
    front_end = kind.make_front_end(rate, round(settings.segment.window * rate), settings.mfcc)
    seconds: dict[str, float] = defaultdict(float)
    megabytes: dict[str, float] = defaultdict(float)

    @contextmanager
    def timed(step: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        seconds[step] += time.perf_counter() - start

    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary, "segments")
        for song in songs:
            with timed("decode"):
                blocks = list(decode(song, rate))
            with timed("decode and measure"):  # level, width, cut-off: for nuisances.csv
                list(decode(song, rate, NuisanceMeter().add))
            with timed("cut"):
                windows = [part.samples for part in standardise(iter(blocks), settings.segment)]
            for container, arguments in CONTAINERS.items():
                with (
                    timed(f"write {container}"),
                    soundfile.SoundFile(path, "w", rate, 1, "PCM_16", **arguments) as file,
                ):
                    for window in windows:
                        file.write(window)
                megabytes[f"write {container}"] += path.stat().st_size / 1e6
                with timed(f"read {container}"):
                    list(read_windows(path, len(windows)))
            with timed("mfcc"):
                list(kind.compute_song(iter(windows), front_end, settings.mfcc, None))
    return [
        {
            "step": step,
            "seconds": round(value, 3),
            "times_decoding": round(value / seconds["decode"], 3),
            "mb": round(megabytes[step], 1),
        }
        for step, value in seconds.items()
    ]


def profile_songs(songs: list[Path]) -> list[dict]:
    """Where one process spends its time: the ten functions with the largest shares."""
    settings, kind = params.load(), KINDS["mfcc"]
    samples = round(settings.segment.window * settings.segment.sample_rate)
    front_end = kind.make_front_end(settings.segment.sample_rate, samples, settings.mfcc)
    with tempfile.TemporaryDirectory() as temporary, cProfile.Profile() as profiler:
        for number, path in enumerate(songs):
            target = Path(temporary, f"{number}.flac")
            rows = segmenting.segment_song(path, target, settings.segment)
            extract_song(kind.compute_song, target, len(rows), front_end, settings.mfcc, None)
    entries = pstats.Stats(profiler).get_stats_profile().func_profiles
    total = sum(entry.tottime for entry in entries.values())
    largest = sorted(entries.items(), key=lambda item: -item[1].tottime)[:10]
    return [
        {"function": function.replace("<", "").replace(">", ""), "share": entry.tottime / total}
        for function, entry in largest
    ]
