"""Two logistic regressions that hear differently: one whole songs, one each segment by itself.

The first sees how a song varies, the second has twenty times as many examples. They err on
different songs; the mean of their log-probabilities is better than either.
"""

from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from stages.params import Committee


def members(params: Committee, seed: int, segments: tuple[int, int]) -> dict[str, Pipeline]:
    """An estimator of songs' statistics, and one of segments', whose shape is `segments`."""
    whole = LogisticRegression(C=params.song_c, max_iter=5000)
    part = LogisticRegression(C=params.segment_c, max_iter=5000)
    # whitened: what is rare in music counts as much as what is common
    count = min(params.axes, *segments)
    axes = PCA(count, whiten=True, svd_solver="randomized", random_state=seed)
    return {
        "song": make_pipeline(StandardScaler(), whole),
        "segment": make_pipeline(StandardScaler(), axes, part),
    }
