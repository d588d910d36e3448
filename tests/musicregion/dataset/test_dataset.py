import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from musicregion.dataset import loading
from musicregion.dataset.dataset import UNKNOWN, Dataset
from musicregion.errors import InputError
from musicregion.storage import checksums, paths, tables
from tests.conftest import REPOSITORY

PARTS = {"a": "train", "b": "validation", "c": "test", "d": "unknown"}
REGIONS = {"a": "Low", "b": "High", "c": "Low", "d": "Other", "e": "Other"}  # e: not in the split


@pytest.fixture
def data_folder(tmp_path, monkeypatch):
    """The current folder, with two segments of each song in data/."""
    monkeypatch.chdir(tmp_path)
    rows = [
        {"song": song, "region": region, "index": index, "start_s": 0, "duration_s": 1}
        for song, region in REGIONS.items()
        for index in (0, 1)
    ]
    tables.SEGMENTS.write(pd.DataFrame(rows).assign(looped=False))
    splits = pd.DataFrame({"song": list(PARTS), "part": list(PARTS.values()), "fold": 0})
    splits["region"] = splits["song"].map(REGIONS)
    tables.SPLITS.write(splits.assign(group="g" + splits["song"]))
    path = paths.features_array("mfcc")
    path.parent.mkdir()
    tables.FEATURES.write([])
    np.save(path, np.arange(10 * 20 * 3, dtype="float32").reshape(10, 20, 3))
    return tmp_path


def test_rows_of_all_arrays_belong_together(data_folder):
    data = loading.load_dataset(("mfcc",))
    assert data.regions == ["High", "Low"]
    assert data.songs.tolist() == list("aabbccdd")
    assert data.groups.tolist() == [f"g{song}" for song in data.songs]
    assert data.parts.tolist() == [PARTS[song] for song in data.songs]
    assert data.labels.tolist() == [1, 1, 0, 0, 1, 1, UNKNOWN, UNKNOWN]
    assert data.array[:, 0, 0].tolist() == [60.0 * row for row in range(8)]
    assert data.known().tolist() == list(range(6))


def test_selected_parts_have_their_rows_alone(data_folder):
    data = loading.load_dataset(("mfcc",)).only("validation", "test")
    assert data.songs.tolist() == list("bbcc")
    assert data.labels.tolist() == [0, 0, 1, 1]
    assert data.array[:, 0, 0].tolist() == [120, 180, 240, 300]
    assert data.rows("test").tolist() == [2, 3]


def test_an_array_that_does_not_fit_its_table_is_refused(data_folder):
    np.save(paths.features_array("mfcc"), np.zeros((9, 20, 3), "float32"))
    with pytest.raises(InputError, match=r"mfcc\.npy has 9 segments, but .* has 10"):
        loading.load_dataset(("mfcc",))
    with pytest.raises(InputError, match=r"logmel.*not found"):
        loading.load_dataset(("logmel",))


def test_a_packed_dataset_is_small_and_the_same_when_unpacked(data_folder):
    loading.unpack.cache_clear()
    data = loading.load_dataset(("mfcc",))
    packed = loading.pack(data)
    assert len(packed) < paths.features_array("mfcc").stat().st_size
    unpacked = loading.unpack(packed, ("mfcc",), "md5 of the array")
    for name in ("array", "labels", "songs", "groups", "parts", "regions"):
        assert np.array_equal(getattr(unpacked, name), getattr(data, name))
    assert loading.unpack(packed, ("mfcc",), "md5 of the array") is unpacked
    assert loading.unpack(packed, ("mfcc",), "md5 of another array") is not unpacked


def test_new_labels_reuse_statistics_and_nothing_else(data_folder):
    data = loading.load_dataset(("mfcc",))
    computed = data.song_statistics("mfcc")
    labels = np.zeros(8, int)
    relabelled = data.relabelled(labels, data.parts, ["All"])
    assert relabelled.song_statistics("mfcc") is computed
    assert list(relabelled.statistics) == [("mfcc", "song")]
    assert relabelled.labels is labels
    assert data.labels[0] == 1


def test_checksums_name_every_file_that_is_read(data_folder):
    sums = loading.dataset_checksums()
    assert list(sums) == ["data/features.csv", "data/segments.csv", "data/splits.csv"]
    assert sums["data/splits.csv"] == checksums.md5(paths.SPLITS)


def test_segments_of_few_rows_are_their_means():
    random = np.random.default_rng(0)
    names = np.array(["a", "b"])

    def means(time):
        features = random.normal(size=(2, time, 4)).astype("float32")
        data = Dataset({"mfcc": features}, np.array([0, 1]), names, names, names, ["A", "B"])
        return features.mean(axis=1), data

    expected, data = means(3)
    assert np.array_equal(data.segment_means("mfcc"), expected)
    expected, data = means(50)
    assert data.segment_means("mfcc").shape[1] > 4
    assert np.array_equal(data.segment_means("mfcc"), data.segment_statistics("mfcc"))


def test_the_import_is_fast():
    """A prediction imports it, and waits."""
    slow = "{'pandas', 'pydantic', 'sklearn', 'tensorflow'}"
    code = "import sys, musicregion.dataset.dataset, musicregion.models.sklearn_model"
    code += f", musicregion.models.keras_model; assert not {slow} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=REPOSITORY)
