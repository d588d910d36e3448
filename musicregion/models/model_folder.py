"""A trained model as a folder: its library's file, its card, and what fast predictions need.

That is ONNX and the features' constants, in place of TensorFlow and librosa.
"""

import shutil
from pathlib import Path

from musicregion.config.params import Params
from musicregion.models.base import Classifier
from musicregion.storage.paths import CARD, FRONT_END, features_front_end


def write_model_folder(model: Classifier, card: str, settings: Params, folder: Path) -> None:
    """Replace the folder, as another kind of model has other files.

    card: what the model was trained with and how it scored, as JSON.
    """
    from musicregion.models import onnx_export, onnx_files

    shutil.rmtree(folder, ignore_errors=True)
    model.save(folder)
    model.export(folder)
    if settings.features == "musicnn":
        onnx_export.export_musicnn(settings.musicnn.networks, folder / onnx_files.PATCHES)
    shutil.copy(features_front_end(settings.features), folder / FRONT_END)
    (folder / CARD).write_text(card)
