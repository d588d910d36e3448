"""A model folder that answers: ONNX Runtime where training had TensorFlow and scikit-learn.

Whoever asks waits for these imports, so they are few; the answers come from the same code as in
training.
"""

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from musicregion.errors import ModelError
from musicregion.features import musicnn
from musicregion.features.spectral import WINDOW_FEATURES
from musicregion.models.keras_model import KerasClassifier
from musicregion.models.onnx_files import FEATURES, MEMBERS, PATCHES
from musicregion.models.onnx_model import OnnxModel
from musicregion.models.sklearn_model import SklearnClassifier

AHEAD = 16  # windows that are decoded before their features are wanted


def map_in_thread(task: Callable, items: Iterable) -> Iterator:
    """task(item) of every item, computed in a thread while the next items come."""
    waiting: deque[Future] = deque()
    with ThreadPoolExecutor(1) as pool:
        for item in items:
            waiting.append(pool.submit(task, item))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        yield from (future.result() for future in waiting)


@dataclass(frozen=True)
class Predictor:
    """What train has left: see load."""

    card: dict
    classifier: KerasClassifier | SklearnClassifier
    ear: OnnxModel | None  # the pretrained network, where features are its activations

    def section(self, name: str) -> SimpleNamespace:
        """A section of the params that the model was trained with."""
        found = {
            key.removeprefix(f"{name}."): value
            for key, value in self.card["params"].items()
            if key.startswith(f"{name}.")
        }
        return SimpleNamespace(**found)

    def features(self, windows: Iterator[np.ndarray]) -> np.ndarray:
        """Features of windows [sample], float32 [segment, time, channel]."""
        name = self.card["params"]["features"]
        settings, rate = self.section(name), self.section("segment").sample_rate
        if self.ear:
            pairs = ((window, rate) for window in windows)
            blocks = musicnn.activations(pairs, settings, self.ear.predict_proba)
            return np.concatenate(list(blocks))
        compute = WINDOW_FEATURES[name]
        return np.stack(
            list(map_in_thread(lambda window: compute(window, rate, settings), windows))
        )


def load_predictor(folder: Path, threads: int = 1) -> Predictor:
    """Read a model folder.

    threads: of ONNX Runtime.

    Raises:
        ModelError: there is no model, or it lacks what answers.
    """
    try:
        card = json.loads((folder / "card.json").read_text())
    except FileNotFoundError:
        raise ModelError(f"{folder}: no model there (card.json). `dvc repro` trains one.") from None
    except ValueError as error:
        raise ModelError(f"{folder}/card.json: damaged ({error}). `dvc repro -f train`") from None
    try:
        graphs = {path.name: OnnxModel(path, threads) for path in sorted(folder.glob("*.onnx"))}
    except Exception as error:  # onnxruntime has a class for each of its many
        raise ModelError(f"{folder}: an .onnx file is damaged ({error})") from None
    members = {hears: graphs[file] for hears, file in MEMBERS.items() if file in graphs}
    if FEATURES in graphs:
        classifier: KerasClassifier | SklearnClassifier = KerasClassifier(graphs[FEATURES])
    elif "song" in members:
        classifier = SklearnClassifier(members, len(card["regions"]))
    else:
        raise ModelError(f"{folder}: no .onnx file, so it was trained by an older version: train.")
    return Predictor(card, classifier, graphs.get(PATCHES))
