"""A trained model, loaded from its folder: ONNX Runtime in place of TensorFlow and scikit-learn.

Every prediction waits for these imports, so they are few; it comes from the same code as in
training.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from musicregion.errors import ModelError
from musicregion.features.front_end import FrontEnd, load_front_end
from musicregion.features.registry import KINDS
from musicregion.models import onnx_files
from musicregion.models.keras_model import KerasClassifier
from musicregion.models.onnx_model import OnnxModel
from musicregion.models.sklearn_model import SklearnClassifier
from musicregion.models.training_songs import TrainingSongs, load_training_songs
from musicregion.storage.paths import TRAINING_SONGS, features_front_end

if TYPE_CHECKING:
    from musicregion.models.base import Classifier


Arrays = TypeVar("Arrays")


@dataclass(frozen=True)
class Predictor:
    """A loaded model. card: the contents of card.json."""

    card: dict[str, Any]
    classifier: "Classifier"
    front_ends: dict[str, FrontEnd]  # by kind of features
    pretrained: dict[str, Path]  # networks by kind of features that needs one
    songs: TrainingSongs | None  # None: no prediction, features alone

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

    def features(self, windows: Callable[[], Iterator[np.ndarray]]) -> dict[str, np.ndarray]:
        """Features of windows [sample] by kind, float32 [segment, time, channel].

        windows: called for each kind again, since a song may be too long to be in memory.
        """
        arrays = {}
        for kind, front_end in self.front_ends.items():
            blocks = KINDS[kind].compute_song(
                windows(), front_end, self.section(kind), self.pretrained.get(kind)
            )
            arrays[kind] = np.concatenate(list(blocks))
        return arrays


def _load_arrays(load: Callable[[Path], Arrays], path: Path) -> Arrays:
    try:
        return load(path)
    except FileNotFoundError:
        raise ModelError(
            f"{path}: not found, so an older version trained this model. Train it again with "
            "`dvc repro`."
        ) from None
    except Exception as error:  # numpy and zipfile have many classes of errors
        raise ModelError(f"{path}: damaged ({error})") from None


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
    kinds = card["params"]["features"].split("+")
    pretrained = {kind: onnx_files.pretrained_file(folder, kind) for kind in kinds}
    pretrained = {kind: path for kind, path in pretrained.items() if path.is_file()}
    front_ends = {
        kind: _load_arrays(load_front_end, features_front_end(kind, folder)) for kind in kinds
    }
    songs = _load_arrays(load_training_songs, folder / TRAINING_SONGS)
    files = sorted(set(folder.glob("*.onnx")) - set(pretrained.values()))
    try:
        graphs = {path: OnnxModel(path, threads) for path in files}
    except Exception as error:  # ONNX Runtime has many classes of errors
        raise ModelError(f"{folder}: an .onnx file is damaged ({error})") from None
    members = {
        kind: {
            unit: graphs[onnx_files.member_file(folder, kind, unit)]
            for unit in ("song", "segment")
            if onnx_files.member_file(folder, kind, unit) in graphs
        }
        for kind in kinds
    }
    if network := graphs.get(folder / onnx_files.NETWORK):
        classifier: Classifier = KerasClassifier(network)
    elif all("song" in units for units in members.values()):
        classifier = SklearnClassifier(members, len(card["regions"]))
    else:
        raise ModelError(
            f"{folder}: an .onnx file is missing, or an older version trained this model. Train it "
            "again with `dvc repro -f train`."
        )
    return Predictor(card, classifier, front_ends, pretrained, songs)
