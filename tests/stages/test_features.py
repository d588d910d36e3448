"""The stage as a whole: an array for each chosen kind, and no other."""

import shutil
import sys

import numpy as np
import pytest
import soundfile

from musicregion.storage import checksums, paths, tables
from stages import features
from tests.conftest import RATE, REPOSITORY, tone
from tests.prepared import write_params


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Two songs, of two segments and of one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["features"])
    shutil.copytree(REPOSITORY / "corpora", "corpora")
    shutil.copy(REPOSITORY / "params.yaml", "params.yaml")
    rows = []
    for song, segments in (("a", 2), ("b", 1)):
        path = paths.SEGMENT_FLACS / "Coast" / f"{song}.flac"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, tone(segments, 300), RATE, "PCM_16")
        for index in range(segments):
            row = {"song": song, "region": "Coast", "index": index, "start_s": float(index)}
            rows.append(row | {"duration_s": 1.0, "looped": False})
    tables.SEGMENTS.write(rows)
    return tmp_path


def test_several_kinds_have_an_array_each(folder):
    write_params(folder, "features=logmel+mfcc")
    features.main()
    arrays = {kind: np.load(paths.features_array(kind)) for kind in ("mfcc", "logmel")}
    described = tables.FEATURES.read()
    assert described["kind"].tolist() == ["logmel", "mfcc"]
    for row in described.to_dict("records"):
        array = arrays[row["kind"]]
        assert array.shape == (row["segments"], row["time"], row["channels"])
        assert row["md5"] == checksums.md5(paths.features_array(row["kind"]))
    assert [array.shape for array in arrays.values()] == [(3, 44, 13), (3, 44, 64)]


def test_a_kind_that_is_no_longer_chosen_leaves_nothing(folder):
    write_params(folder, "features=logmel")
    features.main()
    write_params(folder, "features=mfcc")
    features.main()
    files = sorted(path.name for path in paths.FEATURES.iterdir())
    assert files == ["mfcc.csv", "mfcc.npy", "mfcc.npz"]


def test_constants_are_taken_from_librosa_once(folder, monkeypatch):
    write_params(folder, "features=mfcc+logmel")
    features.main()
    written = {path: path.read_bytes() for path in paths.FEATURES.iterdir()}
    for name in ("mel", "get_window"):
        monkeypatch.delattr(f"librosa.filters.{name}")  # whoever calls it again fails
    features.main()
    assert {path: path.read_bytes() for path in paths.FEATURES.iterdir()} == written
    write_params(folder, "features=mfcc", "mfcc.n_fft=1024")
    with pytest.raises(AttributeError):
        features.main()
