"""What the audio stages cost, run as commands in a folder of their own; see extract and scale."""

import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile
import yaml

from benchmarks.games import GAMES
from benchmarks.measure import Cost, measure
from musicregion.audio.metadata import read_duration
from musicregion.storage import tables

COMMANDS = {  # by the names that results have
    "segment": "stages.segment",
    "mfcc": "stages.features",
    "fingerprint": "stages.fingerprint",
}
AUDIO_STAGES = ("segment", "mfcc")
EMPTY = {"unknown": False, "source": "", "author": "", "licence": "", "version": "", "kind": ""}


def lay_out(folder: Path, songs: list[Path], features: str = "mfcc") -> None:
    """Write what the stages need: params.yaml, songs.csv, the corpus file. Audio is not copied."""
    settings = yaml.safe_load(Path("params.yaml").read_text())
    settings |= {"corpus": "games", "features": features}
    (folder / "corpora").mkdir(exist_ok=True)
    shutil.copy("corpora/games.yaml", folder / "corpora")
    (folder / "params.yaml").write_text(yaml.safe_dump(settings))
    rows = [
        {"song": "-".join(path.parts[-3:]).replace(" ", "-"), "title": path.stem}
        | {"region": path.relative_to(GAMES).parts[0] if path.is_relative_to(GAMES) else "long"}
        | {"path": str(path.resolve()), "duration_s": read_duration(path), "sha256": str(path)}
        | {"status": "ok", "reason": ""}
        | EMPTY
        for path in songs
    ]
    tables.SONGS.write(rows, folder)


def measure_stage(stage: str, folder: Path, workers: int | None = None) -> Cost:
    """Run one of COMMANDS, starting from whatever the folder already holds."""
    return measure([sys.executable, "-m", COMMANDS[stage]], folder, workers)


def measure_audio_stages(folder: Path, workers: int) -> dict[str, Cost]:
    """Segment and MFCC, starting from whatever the folder already holds."""
    return {stage: measure_stage(stage, folder, workers) for stage in AUDIO_STAGES}


def data_files(folder: Path) -> list[Path]:
    """Every file that stages have written in a folder."""
    return [path for path in (folder / "data").rglob("*") if path.is_file()]


def measure_from_scratch(songs: list[Path], workers: int) -> tuple[float, float, int]:
    """Seconds, peak MB and bytes written of both audio stages on these songs."""
    with tempfile.TemporaryDirectory(dir="data") as temporary:
        folder = Path(temporary)
        lay_out(folder, songs)
        costs = measure_audio_stages(folder, workers).values()
        written = sum(path.stat().st_size for path in data_files(folder))
    return sum(cost.seconds for cost in costs), max(cost.peak_mb for cost in costs), written


def measure_added_song(songs: list[Path], workers: int) -> dict[str, float]:
    """Seconds of each stage when one song is added to all the others, and when nothing is new."""
    with tempfile.TemporaryDirectory(dir="data") as temporary:
        folder = Path(temporary)
        lay_out(folder, songs[1:])
        measure_audio_stages(folder, workers)
        lay_out(folder, songs)  # the new one comes first, so that every row moves
        added = measure_audio_stages(folder, workers)
        nothing = measure_audio_stages(folder, workers)
    result = {f"one_more_{stage}_s": cost.seconds for stage, cost in added.items()}
    return result | {f"nothing_new_{stage}_s": cost.seconds for stage, cost in nothing.items()}


def measure_long_file(hours: float, workers: int) -> dict[str, float]:
    """Peak memory of the stages on one stereo file at 48 kHz."""
    rate = 48_000
    with tempfile.TemporaryDirectory(dir="data") as temporary:
        folder = Path(temporary)
        path = folder / "long.flac"
        time = np.arange(60 * rate) / rate
        minute = np.stack([np.sin(2 * np.pi * f * time) * 0.3 for f in (220, 331)], axis=1)
        with soundfile.SoundFile(path, "w", rate, 2, "PCM_16", compression_level=0) as file:
            for _ in range(round(hours * 60)):
                file.write(minute)
        lay_out(folder, [path])
        costs = measure_audio_stages(folder, workers)
    return {f"long_file_{stage}_peak_mb": cost.peak_mb for stage, cost in costs.items()} | {
        "long_file_hours": hours,
        "long_file_s": sum(cost.seconds for cost in costs.values()),
    }
