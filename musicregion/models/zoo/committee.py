"""A support vector machine that hears songs, and a logistic regression that hears segments.

The first sees how a song varies, the second has twenty times as many examples. They err on
different songs: the mean of their log-probabilities is better than either.
"""

from typing import TYPE_CHECKING

from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import SVC

from musicregion.config.model_sections import Committee
from musicregion.models import scaling

if TYPE_CHECKING:
    import optuna


def members(params: Committee, seed: int, segments: tuple[int, int]) -> dict[str, Pipeline]:
    """An estimator of songs' statistics, and one of segments', whose shape is `segments`."""
    # half the segments at most: the last axes of few segments are empty, and whitening would blow
    # them up
    count = max(1, min(params.axes, segments[0] // 2, segments[1]))
    # whitened: what is rare in music counts as much as what is common
    axes = PCA(count, whiten=True, svd_solver="randomized", random_state=seed)
    regression = LogisticRegression(C=params.segment_c, max_iter=5000)
    return {
        "song": make_pipeline(*scaling.scaling_steps(), SVC(C=params.song_c)),
        "segment": make_pipeline(*scaling.scaling_steps(), axes, regression),
    }


def space(trial: "optuna.Trial") -> dict[str, object]:
    """What a search may try."""
    return {
        "committee.song_c": trial.suggest_float("committee.song_c", 0.1, 1000, log=True),
        "committee.segment_c": trial.suggest_float("committee.segment_c", 1e-4, 10, log=True),
        "committee.axes": trial.suggest_int("committee.axes", 25, 800, log=True),
    }
