"""`python -m benchmarks.predict`: how long a song waits for its region, and a hundred songs.

On the features and labels in data/ (`dvc repro`). A song of three minutes, as MP3; whole processes
from the shell, the median of RUNS, turn about with the plain way (benchmarks/plain_keras.py) for
the same network. Writes benchmarks/results/predict.json.
"""

import cProfile
import json
import os
import pstats
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.measure import measure
from musicregion.command import run
from musicregion.config import params
from musicregion.config.params import Params

RUNS = 5
SECONDS, RATE, SONGS = 180, 44_100, 100


def song(number: int) -> np.ndarray:
    """Three minutes of chords and noise, stereo [sample, channel]."""
    random = np.random.default_rng(number)
    time_ = np.arange(SECONDS * RATE) / RATE
    notes = 220 * 2 ** (random.integers(0, 24, (SECONDS // 2, 3)) / 12)
    wave = 0.01 * random.normal(size=(2, len(time_)))
    for voice in range(3):
        wave += 0.15 * np.sin(2 * np.pi * np.repeat(notes[:, voice], 2 * RATE) * time_)
    return wave.T.astype("float32")


def trained(settings: Params, folder: Path) -> Path:
    """A model folder; its network has seen every song once, since only its speed is asked for."""
    from musicregion.dataset import dataset
    from musicregion.models import fit

    data = dataset.load_dataset(settings.features)
    model, _ = fit.fit_model(
        data, data.rows("train"), None, settings, lambda epoch, metrics: None, epochs=1
    )
    model.save(folder)
    model.export(folder)
    card = {"regions": data.regions, "params": settings.training_params(), "threshold": 0.0}
    card["temperature"] = {"song": 1.0, "segment": 1.0}
    (folder / "card.json").write_text(json.dumps(card))
    return folder


def warm(folder: Path, path: Path) -> tuple[float, float, pstats.Stats]:
    """Milliseconds of an answer once the imports are made, of loading the model, and a profile."""
    from musicregion.inference import predict_song, predictor

    start = time.perf_counter()
    loaded = predictor.load_predictor(folder)
    loading = time.perf_counter() - start
    times = []
    for _ in range(2 * RUNS):
        start = time.perf_counter()
        predict_song.predict_song(loaded, path)
        times.append(time.perf_counter() - start)
    profile = cProfile.Profile()
    profile.runcall(predict_song.predict_song, loaded, path)
    return 1000 * statistics.median(times), 1000 * loading, pstats.Stats(profile)


def main() -> None:
    settings = params.load_for_command(__doc__).model_copy(update={"features": "mfcc"})
    os.environ.update(OPENBLAS_NUM_THREADS="1", TF_CPP_MIN_LOG_LEVEL="3")
    rows = []
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for number in range(5):
            soundfile.write(folder / f"{number}.mp3", song(number), RATE)
        path = folder / "0.mp3"
        many = folder / "songs"
        many.mkdir()
        for number in range(SONGS):
            shutil.copy(folder / f"{number % 5}.mp3", many / f"{number}.mp3")
        for name in ("cnn", "committee"):
            models = trained(settings.model_copy(update={"model": name}), folder / name)
            ask = [sys.executable, "-m", "app.predict", "--model", str(models)]
            plain = [sys.executable, "-m", "benchmarks.plain_keras", str(models), str(path)]
            cold, keras = [], []
            for _ in range(RUNS):
                cold.append(measure([*ask, str(path)], here).seconds)
                if name == "cnn":
                    keras.append(measure(plain, here).seconds)
            answer, loading, stats = warm(models, path)
            batch = measure([*ask, "--csv", str(many)], here).seconds
            rows.append(
                {
                    "model": name,
                    "cold_s": round(statistics.median(cold), 2),
                    "cold_keras_s": round(statistics.median(keras), 2) if keras else None,
                    "warm_ms": round(answer),
                    "load_ms": round(loading),
                    "batch_x_realtime": round(SONGS * SECONDS / batch),
                }
            )
            print(f"{name}: where the time of an answer goes")
            stats.sort_stats("tottime").print_stats(8)
    print(
        "| model | cold, s | plain Keras, cold, s | warm, ms | load, ms | 100 songs, × real time |"
    )
    print("|---|---|---|---|---|---|")
    for row in rows:
        print(f"| {' | '.join('' if value is None else str(value) for value in row.values())} |")
    result = {key: rows[0][key] for key in rows[0] if key != "model"} | {"rows": rows}
    Path("benchmarks/results/predict.json").write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    run(main)
