"""`python -m benchmarks.predict`: how long one song takes to predict, and a hundred songs.

On the features and labels in data/ (`dvc repro`). Songs of three minutes, as MP3; whole processes
from the shell, medians of RUNS, in turn with plain Keras (benchmarks/plain_keras.py) running the
same network. Writes benchmarks/results/predict.json.
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
from benchmarks.report import RESULTS, print_source, print_table, write_json
from musicregion.command import run
from musicregion.config import params
from musicregion.config.params import Params

RESULT = RESULTS / "predict.json"
RUNS = 5
MODELS = ("cnn", "committee")
PLAIN = "cnn"  # the one that plain Keras predicts with too
SECONDS, RATE = 180, 44_100  # of a song; Hz
SONGS, DIFFERENT = 100, 5


def make_song(number: int) -> np.ndarray:
    """SECONDS of chords and noise, stereo float32 [sample, channel]."""
    random = np.random.default_rng(number)
    seconds = np.arange(SECONDS * RATE) / RATE
    notes = 220 * 2 ** (random.integers(0, 24, (SECONDS // 2, 3)) / 12)
    wave = 0.01 * random.normal(size=(2, len(seconds)))
    for voice in range(3):
        wave += 0.15 * np.sin(2 * np.pi * np.repeat(notes[:, voice], 2 * RATE) * seconds)
    return wave.T.astype("float32")


def write_songs(folder: Path) -> None:
    """SONGS files, of which DIFFERENT differ."""
    folder.mkdir()
    for number in range(SONGS):
        if number < DIFFERENT:
            soundfile.write(folder / f"{number}.mp3", make_song(number), RATE)
        else:
            shutil.copy(folder / f"{number % DIFFERENT}.mp3", folder / f"{number}.mp3")


def train_model(settings: Params, folder: Path) -> Path:
    """Write a model folder. Its network has trained for one epoch: only its speed matters."""
    from musicregion.dataset import loading
    from musicregion.evaluation.model_folder import write_model_folder
    from musicregion.models import fit, training_songs

    data = loading.load_dataset(settings.kinds)
    model, _ = fit.fit_model(
        data, data.rows("train"), None, settings, lambda epoch, metrics: None, epochs=1
    )
    card = {"regions": data.regions, "params": settings.training_params()}
    card["temperature"] = {"song": 1.0, "segment": 1.0}
    songs = training_songs.fit_training_songs(data, data.rows("train"), {})
    write_model_folder(model, songs, json.dumps(card), settings, folder)
    return folder


def measure_warm(folder: Path, path: Path) -> tuple[float, float, pstats.Stats]:
    """Milliseconds of a prediction with all modules imported, of loading the model; a profile."""
    from musicregion.inference import predict_song, predictor

    start = time.perf_counter()
    model = predictor.load_predictor(folder)
    loading = time.perf_counter() - start
    times = []
    for _ in range(2 * RUNS):
        start = time.perf_counter()
        predict_song.predict_song(model, path)
        times.append(time.perf_counter() - start)
    profile = cProfile.Profile()
    profile.runcall(predict_song.predict_song, model, path)
    return 1000 * statistics.median(times), 1000 * loading, pstats.Stats(profile)


def measure_model(name: str, model: Path, songs: Path) -> tuple[dict, pstats.Stats]:
    """The row of one model, and the profile of a prediction."""
    path = songs / "0.mp3"
    predict = ["musicregion", "predict", "--model", str(model)]
    plain = [sys.executable, "-m", "benchmarks.plain_keras", str(model), str(path)]
    cold, cold_keras = [], []
    for _ in range(RUNS):
        cold.append(measure([*predict, str(path)], Path.cwd()).seconds)
        if name == PLAIN:
            cold_keras.append(measure(plain, Path.cwd()).seconds)
    warm, loading, profile = measure_warm(model, path)
    batch = measure([*predict, "--csv", str(songs)], Path.cwd()).seconds
    row = {
        "model": name,
        "cold_s": round(statistics.median(cold), 2),
        "cold_keras_s": round(statistics.median(cold_keras), 2) if cold_keras else None,
        "warm_ms": round(warm),
        "load_ms": round(loading),
        "batch_x_realtime": round(SONGS * SECONDS / batch),
    }
    return row, profile


def main() -> None:
    settings = params.load_for_command(__doc__).model_copy(update={"features": "mfcc"})
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        songs = Path(temporary, "songs")
        write_songs(songs)
        for name in MODELS:
            model_settings = settings.model_copy(update={"model": name})
            model = train_model(model_settings, Path(temporary, name))
            row, profile = measure_model(name, model, songs)
            rows.append(row)
            print(f"{name}: where the time of a prediction goes")
            profile.sort_stats("tottime").print_stats(8)
    titles = ["model", "cold, s", "plain Keras, cold, s", "warm, ms", "load, ms"]
    print_table(
        [*titles, f"{SONGS} songs, × real time"],
        [["" if value is None else value for value in row.values()] for row in rows],
    )
    first = {key: value for key, value in rows[0].items() if key != "model"}
    write_json(RESULT, first | {"rows": rows})
    print_source("predict", RESULT)


if __name__ == "__main__":
    run(main)
