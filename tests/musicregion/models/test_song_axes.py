import numpy as np
import pytest

from musicregion.models.song_axes import fit_axes, project


@pytest.mark.parametrize("songs", [6, 40], ids=["few songs", "more songs than statistics"])
def test_axes_span_the_songs_and_show_their_variances(songs):
    random = np.random.default_rng(0)
    statistics = random.normal(size=(songs, 8)) * [1, 2, 3, 4, 5, 6, 7, 0]
    fitted = fit_axes([statistics])
    standardised = (statistics - fitted.mean) / fitted.scale
    assert fitted.axes.shape == (8, min(songs - 1, 7))
    assert fitted.axes.T @ fitted.axes == pytest.approx(np.eye(len(fitted.powers)), abs=1e-6)
    assert fitted.along @ fitted.along.T == pytest.approx(standardised @ standardised.T, abs=1e-6)
    assert (fitted.along**2).sum(axis=0) == pytest.approx(fitted.powers, rel=1e-5)
    along, off = project(statistics, fitted.mean, fitted.scale, fitted.axes)
    assert along == pytest.approx(fitted.along)
    assert off == pytest.approx(0, abs=1e-6)
