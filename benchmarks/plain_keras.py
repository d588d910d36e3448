"""`python -m benchmarks.plain_keras MODELS SONG`: predict a song's region the way tutorials do.

librosa loads, resamples and analyses; Keras loads model.keras and predicts each segment.
"""

import json
import sys
from pathlib import Path

import keras
import librosa
import numpy as np

from musicregion.command import run
from musicregion.storage.paths import CARD


def main() -> None:
    folder, song = Path(sys.argv[1]), sys.argv[2]
    card = json.loads((folder / CARD).read_text())
    params = card["params"]
    rate = params["segment.sample_rate"]
    names = {"n_mfcc": "coefficients", "n_fft": "n_fft", "hop_length": "hop_length"}
    names |= {"n_mels": "mel_bands", "fmin": "fmin", "fmax": "fmax"}
    settings = {name: params[f"mfcc.{key}"] for name, key in names.items()}
    model = keras.models.load_model(folder / "model.keras")
    wave, _ = librosa.load(song, sr=rate)
    length = round(params["segment.window"] * rate)
    segments = [wave[start : start + length] for start in range(0, len(wave) - length + 1, length)]
    features = [librosa.feature.mfcc(y=segment, sr=rate, **settings).T for segment in segments]
    scores = np.log(model.predict(np.stack(features), verbose=0) + 1e-7).mean(axis=0)
    print(card["regions"][int(scores.argmax())])


if __name__ == "__main__":
    run(main)
