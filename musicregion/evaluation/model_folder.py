"""A trained model as a folder: its library's file, its card, and what fast predictions need.

That is ONNX and the features' constants, in place of TensorFlow and librosa, and the training
songs' statistics.
"""

import shutil
from pathlib import Path

from musicregion.config.params import Params
from musicregion.features.registry import KINDS
from musicregion.models.base import Classifier
from musicregion.models.training_songs import TrainingSongs
from musicregion.storage.paths import CARD, TRAINING_SONGS, features_front_end


def write_model_folder(
    model: Classifier, songs: TrainingSongs, card: str, settings: Params, folder: Path
) -> None:
    """Replace the folder, as another kind of model has other files.

    songs: that it was trained on. card: what the model was trained with and how it scored, as JSON.
    """
    from musicregion.models import onnx_files

    shutil.rmtree(folder, ignore_errors=True)
    model.save(folder)
    model.export(folder)
    for kind in settings.kinds:
        shutil.copy(features_front_end(kind), features_front_end(kind, folder))
        pretrained = onnx_files.pretrained_file(folder, kind)
        if make_network := KINDS[kind].make_network:
            shutil.copy(make_network(getattr(settings, kind)), pretrained)
    songs.save(folder / TRAINING_SONGS)
    (folder / CARD).write_text(card)
