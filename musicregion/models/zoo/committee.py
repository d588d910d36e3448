"""A support vector machine of songs and a logistic regression of segments, pooled.

The first takes as input how a song varies; the second has twenty times as many examples. They fail
on different songs: the mean of their log-probabilities is better than either.

On tonal, whose channels are shares of many patterns, both members are strongly regularised logistic
regressions, and that of songs is averaged with extremely randomised trees (P. Geurts and others,
2006).
"""

from typing import TYPE_CHECKING

from sklearn.decomposition import PCA
from sklearn.ensemble import ExtraTreesClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import SVC

from musicregion.config.model_sections import Committee
from musicregion.models import scaling

if TYPE_CHECKING:
    import optuna


TREES = 200


def members(
    params: Committee, seed: int, segments_shape: tuple[int, int], kind: str
) -> dict[str, Pipeline]:
    """Pipelines of statistics of songs and of segments, whose shape is `segments_shape`."""
    if kind == "tonal":
        return tonal_members(params, seed)
    # half the segments at most: with few segments, the last axes have next to no variance, and
    # whitening would amplify noise
    count = max(1, min(params.axes, segments_shape[0] // 2, segments_shape[1]))
    # whitened: axes with little variance count as much as those with much
    axes = PCA(count, whiten=True, svd_solver="randomized", random_state=seed)
    regression = LogisticRegression(C=params.segment_c, max_iter=5000)
    return {
        "song": make_pipeline(*scaling.scaling_steps(), SVC(C=params.song_c)),
        "segment": make_pipeline(*scaling.scaling_steps(), axes, regression),
    }


def tonal_members(params: Committee, seed: int) -> dict[str, Pipeline]:
    """As members, of features that are shares of patterns."""
    regressions = [LogisticRegression(C=params.tonal_c, max_iter=5000) for _ in range(2)]
    trees = ExtraTreesClassifier(TREES, min_samples_leaf=2, max_features=0.1, random_state=seed)
    both = [("regression", regressions[0]), ("trees", trees)]
    # skl2onnx knows no flattened transformation, which predictions do not use
    average = VotingClassifier(both, voting="soft", flatten_transform=False)
    return {
        "song": make_pipeline(*scaling.scaling_steps(), average),
        "segment": make_pipeline(*scaling.scaling_steps(), regressions[1]),
    }


def space(trial: "optuna.Trial") -> dict[str, object]:
    """Suggest params, by dotted key."""
    return {
        "committee.song_c": trial.suggest_float("committee.song_c", 0.1, 1000, log=True),
        "committee.segment_c": trial.suggest_float("committee.segment_c", 1e-4, 10, log=True),
        "committee.axes": trial.suggest_int("committee.axes", 25, 800, log=True),
        "committee.tonal_c": trial.suggest_float("committee.tonal_c", 1e-4, 0.1, log=True),
    }
