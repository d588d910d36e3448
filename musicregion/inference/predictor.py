"""A trained model, loaded from its folder: ONNX Runtime in place of TensorFlow and scikit-learn.

Every prediction waits for these imports, so they are few; it comes from the same code as in
training.
"""

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from musicregion.errors import ModelError
from musicregion.features import musicnn
from musicregion.features.front_end import FrontEnd, load_front_end
from musicregion.features.registry import KINDS
from musicregion.models.keras_model import KerasClassifier
from musicregion.models.onnx_files import FEATURES, MEMBERS, PATCHES
from musicregion.models.onnx_model import OnnxModel
from musicregion.models.sklearn_model import SklearnClassifier
from musicregion.storage.paths import FRONT_END

if TYPE_CHECKING:
    from musicregion.models.base import Classifier


AHEAD = 16  # windows that are decoded ahead of their features


def map_in_thread(task: Callable, items: Iterable) -> Iterator:
    """Yield task(item) for every item, computed in a thread while the next items are produced."""
    pending: deque[Future] = deque()
    with ThreadPoolExecutor(1) as pool:
        for item in items:
            pending.append(pool.submit(task, item))
            if len(pending) > AHEAD:
                yield pending.popleft().result()
        yield from (future.result() for future in pending)


@dataclass(frozen=True)
class Predictor:
    """A loaded model. card: the contents of card.json."""

    card: dict[str, Any]
    classifier: "Classifier"
    front_end: FrontEnd
    pretrained: OnnxModel | None  # the network whose activations are the features, if one is

    def section(self, name: str) -> Any:  # noqa: ANN401  in place of any section
        """A section of the params that the model was trained with.

        Not config.params's own class, since pydantic is slow to import.
        """
        values = {
            key.removeprefix(f"{name}."): value
            for key, value in self.card["params"].items()
            if key.startswith(f"{name}.")
        }
        return SimpleNamespace(**values)

    def features(self, windows: Iterator[np.ndarray]) -> np.ndarray:
        """Features of windows [sample], float32 [segment, time, channel]."""
        name = self.card["params"]["features"]
        settings, rate = self.section(name), self.section("segment").sample_rate
        if self.pretrained:
            pairs = ((window, rate) for window in windows)
            blocks = musicnn.activations(
                pairs, self.front_end, settings, self.pretrained.predict_proba
            )
            return np.concatenate(list(blocks))
        compute: Any = KINDS[name].compute_window
        return np.stack(
            list(map_in_thread(lambda window: compute(window, self.front_end, settings), windows))
        )


def load_predictor(folder: Path, threads: int = 1) -> Predictor:
    """Load the model in a folder.

    threads: of ONNX Runtime.

    Raises:
        ModelError: there is no model in the folder, it is damaged, or an older version trained it.
    """
    try:
        card = json.loads((folder / "card.json").read_text())
    except FileNotFoundError:
        raise ModelError(f"{folder}: no model there (card.json). `dvc repro` trains one.") from None
    except ValueError as error:
        raise ModelError(
            f"{folder}/card.json: damaged ({error}). `dvc repro -f train` trains the model again."
        ) from None
    try:
        graphs = {path.name: OnnxModel(path, threads) for path in sorted(folder.glob("*.onnx"))}
    except Exception as error:  # ONNX Runtime has many classes of errors
        raise ModelError(f"{folder}: an .onnx file is damaged ({error})") from None
    try:
        front_end = load_front_end(folder / FRONT_END)
    except FileNotFoundError:
        raise ModelError(
            f"{folder}: no {FRONT_END}, so an older version trained this model. Train it again "
            "with `dvc repro`."
        ) from None
    except Exception as error:  # numpy and zipfile have many classes of errors
        raise ModelError(f"{folder}/{FRONT_END}: damaged ({error})") from None
    members = {name: graphs[file] for name, file in MEMBERS.items() if file in graphs}
    if FEATURES in graphs:
        classifier: Classifier = KerasClassifier(graphs[FEATURES])
    elif "song" in members:
        classifier = SklearnClassifier(members, len(card["regions"]))
    else:
        raise ModelError(
            f"{folder}: no .onnx file, so an older version trained this model. Train it again "
            "with `dvc repro -f train`."
        )
    return Predictor(card, classifier, front_end, graphs.get(PATCHES))
