"""What a network is taught beside the regions: a better model's opinions, and what it hears.

Both come from training songs alone.
"""

from dataclasses import dataclass

import numpy as np

from musicregion.config.params import Params
from musicregion.dataset.dataset import Dataset

FOLDS = 5  # inside the training songs
AXES = 64  # of musicnn's activations that are kept, the most varied first
SILENT = 0.01  # standard deviation of an activation that is next to never heard


@dataclass(frozen=True)
class Lessons:
    """What the teachers say of training songs."""

    probabilities: dict[str, np.ndarray]  # [region], by song
    activations: np.ndarray  # float32 [segment, patch, axis]; 0 for segments of no training song


def make_lessons(heard: Dataset, train: np.ndarray, settings: Params) -> Lessons:
    """Both lessons. heard: the features that teachers take as input; train: rows, int [n]."""
    return Lessons(
        predict_out_of_fold(heard, train, settings), main_activations(heard.array, train)
    )


def predict_out_of_fold(
    heard: Dataset, train: np.ndarray, settings: Params
) -> dict[str, np.ndarray]:
    """Probabilities [region] of each training song, by a committee that did not train on it.

    The folds are inside the training songs; copies of a recording are in one of them.
    """
    from musicregion.evaluation.crossvalidation import assign_segment_folds
    from musicregion.models import fit

    fold = assign_segment_folds(heard.take(train), FOLDS, settings.split.seed)
    update = {"model": "committee", "features": "+".join(heard.features)}
    probabilities = {}
    for number in range(FOLDS):
        model, _ = fit.fit_model(
            heard, train[fold != number], None, settings.model_copy(update=update), lambda *_: None
        )
        names, opinions = model.predict_songs(heard, train[fold == number])
        probabilities |= dict(zip(names.tolist(), opinions, strict=True))
    return probabilities


def main_activations(activations: np.ndarray, train: np.ndarray) -> np.ndarray:
    """The main axes of activations [segment, patch, channel]; see Lessons.

    Every axis has mean 0 and variance 1.
    """
    from sklearn.decomposition import PCA

    values = np.asarray(activations[train])
    patches = values.reshape(-1, values.shape[2])
    patches = (patches - patches.mean(axis=0)) / (patches.std(axis=0) + SILENT)
    axes = min(AXES, *patches.shape)
    pca = PCA(axes, whiten=True, svd_solver="randomized", random_state=0)
    targets = np.zeros((*activations.shape[:2], axes), "float32")
    targets[train] = pca.fit_transform(patches).reshape(*values.shape[:2], axes)
    return targets
