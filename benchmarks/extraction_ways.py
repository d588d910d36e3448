"""From raw audio to MFCC: the stages, decoding alone, and as tutorials do it; see extract."""

import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measure import Cost, measure
from benchmarks.stage_costs import measure_from_scratch
from musicregion.audio.metadata import read_duration


def measure_decoding(songs: list[Path], workers: int) -> Cost:
    """Decoding alone, as a command of its own."""
    with tempfile.TemporaryDirectory() as temporary:
        listing = Path(temporary, "files.txt")
        listing.write_text("\n".join(str(path.resolve()) for path in songs))
        command = [sys.executable, "-m", "benchmarks.decoding", str(listing)]
        return measure(command, Path(temporary), workers)


def compare_ways(songs: list[Path], worker_counts: Sequence[int], repeats: int) -> list[dict]:
    """One row for each way and number of workers; medians of runs, taken in turn."""
    seconds = sum(read_duration(path) for path in songs)
    runs: dict[tuple[str, int], list[tuple[float, float, int]]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        listing, target = folder / "files.txt", folder / "data.json"
        listing.write_text("\n".join(str(path.resolve()) for path in songs))
        module = [sys.executable, "-m"]
        for _ in range(repeats):
            for unit, way in (("segment", "tutorial"), ("song", "tutorial, song loaded once")):
                command = [*module, "benchmarks.tutorial", str(listing), str(target), unit]
                cost = measure(command, folder)
                result = (cost.seconds, cost.peak_mb, target.stat().st_size)
                runs.setdefault((way, 1), []).append(result)
            for workers in worker_counts:
                cost = measure_decoding(songs, workers)
                result = (cost.seconds, cost.peak_mb, 0)
                runs.setdefault(("decode", workers), []).append(result)
                runs.setdefault(("ours", workers), []).append(measure_from_scratch(songs, workers))
    rows = []
    for (way, workers), results in runs.items():
        wall, peak, written = (statistics.median(values) for values in zip(*results, strict=True))
        rows.append({"way": way, "workers": workers, "seconds": wall, "speed": seconds / wall})
        rows[-1] |= {"peak_mb": peak, "written_mb": written / 1e6}
    return rows
