"""A trained model as a folder: its library's file, ONNX for fast predictions, and its card."""

import shutil
from pathlib import Path

from musicregion.config.params import Params
from musicregion.models.base import Classifier
from musicregion.storage.paths import CARD


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
    (folder / CARD).write_text(card)
