"""A loaded model predicts what the pipeline would, without slow imports."""

import shutil
import subprocess
import sys

import librosa
import numpy as np
import pytest
import soundfile

from musicregion.audio.segmenting import segment_song
from musicregion.config import params
from musicregion.errors import ModelError, Undecodable
from musicregion.features import musicnn
from musicregion.features.registry import KINDS
from musicregion.inference import predict_song, predictor
from musicregion.models import onnx_export
from musicregion.models.onnx_model import OnnxModel
from musicregion.storage import paths
from tests.conftest import RATE, REPOSITORY, tone


def test_a_song_is_predicted_with_a_timeline(trained, songs):
    loaded = predictor.load_predictor(trained)
    for region in ("High", "Low"):
        prediction = predict_song.predict_song(loaded, songs / f"{region.lower()}.wav")
        assert prediction.region == region
        assert prediction.known
        assert prediction.probability > 0.6
        assert sum(prediction.probabilities.values()) == pytest.approx(1, abs=1e-5)
        assert (
            list(prediction.probabilities.values())
            == sorted(prediction.probabilities.values())[::-1]
        )
        assert [segment.start_s for segment in prediction.timeline] == [0, 2, 4, 6]
    prediction = predict_song.predict_song(loaded, songs / "low to high.flac")
    assert prediction.passages() == [(0, 8, "Low"), (8, 16, "High")]


def test_below_the_threshold_it_is_none_of_these(trained, songs):
    loaded = predictor.load_predictor(trained)
    loaded.card["threshold"] = 0.9999999
    assert not predict_song.predict_song(loaded, songs / "low.wav").known


@pytest.mark.parametrize("features", ["mfcc", "logmel"])
def test_a_new_song_has_the_same_features_as_in_the_pipeline(trained, songs, tmp_path, features):
    """Sample by sample and feature by feature, resampled and looped parts included."""
    settings = params.load().with_changes({"segment.window": 2})
    song = tmp_path / "song.ogg"
    soundfile.write(song, tone(5, 330, rate=44_100) * 4, 44_100)  # some samples clip
    rows = segment_song(song, tmp_path / "song.flac", settings.segment)
    kind, section = KINDS[features], getattr(settings, features)
    front_end = kind.make_front_end(RATE, 2 * RATE, section)
    expected = kind.extract_song(tmp_path / "song.flac", len(rows), front_end, section)
    loaded = predictor.load_predictor(trained)
    chosen = settings.model_copy(update={"features": features}).training_params()
    loaded = predictor.Predictor(
        {**loaded.card, "params": chosen}, loaded.classifier, front_end, None
    )
    extracted, lengths = predict_song.extract_song(loaded, song)
    assert np.array_equal(extracted, expected)
    assert lengths == [row["duration_s"] for row in rows]


def test_musicnn_gives_a_new_song_the_same_features_as_in_the_pipeline(
    trained, tmp_path, monkeypatch
):
    weights = REPOSITORY / paths.MUSICNN_WEIGHTS
    if not weights.is_file():
        pytest.skip(f"{weights} is not there: `musicregion fetch-weights`")
    monkeypatch.setattr(paths, "MUSICNN_WEIGHTS", weights)
    settings = params.load().model_copy(update={"features": "musicnn"})
    song = tmp_path / "song.ogg"
    soundfile.write(song, tone(25, 330, rate=44_100), 44_100)
    rows = segment_song(song, tmp_path / "song.flac", settings.segment)
    front_end = musicnn.musicnn_front_end(RATE, 10 * RATE, settings.musicnn)
    song_flac = tmp_path / "song.flac"
    expected = musicnn.extract_song(song_flac, len(rows), front_end, settings.musicnn)
    onnx_export.export_musicnn(settings.musicnn.networks, tmp_path / "patches.onnx")
    loaded = predictor.load_predictor(trained)
    card = {**loaded.card, "params": settings.training_params()}
    network = OnnxModel(tmp_path / "patches.onnx", threads=1)
    extracted, _ = predict_song.extract_song(
        predictor.Predictor(card, loaded.classifier, front_end, network), song
    )
    assert extracted.shape == expected.shape == (3, 3, 3012)
    assert np.abs(extracted - expected).max() <= musicnn.STEP


def test_its_mfcc_are_those_of_librosa(trained, songs):
    extracted, _ = predict_song.extract_song(predictor.load_predictor(trained), songs / "high.wav")
    wave, _ = soundfile.read(songs / "high.wav", dtype="float32")
    expected = librosa.feature.mfcc(y=wave[: 2 * RATE], sr=RATE, n_mfcc=13).T
    assert extracted[0] == pytest.approx(expected, abs=1e-2)


def test_a_song_that_is_too_long_is_refused(trained, songs):
    loaded = predictor.load_predictor(trained)
    with pytest.raises(Undecodable, match=r"longer than 0\.1 minutes"):
        predict_song.predict_song(loaded, songs / "low.wav", longest=6)
    assert predict_song.predict_song(loaded, songs / "low.wav", longest=8)


def test_a_folder_without_a_model_is_named(tmp_path, trained):
    with pytest.raises(ModelError, match="no model there"):
        predictor.load_predictor(tmp_path)
    (tmp_path / "card.json").write_text((trained / "card.json").read_text())
    with pytest.raises(ModelError, match=r"no front_end\.npz, so an older version"):
        predictor.load_predictor(tmp_path)
    (tmp_path / "front_end.npz").write_bytes(b"no arrays")
    with pytest.raises(ModelError, match=r"front_end\.npz: damaged"):
        predictor.load_predictor(tmp_path)
    shutil.copy(trained / "front_end.npz", tmp_path)
    with pytest.raises(ModelError, match=r"no \.onnx file, so an older version"):
        predictor.load_predictor(tmp_path)
    (tmp_path / "song.onnx").write_bytes(b"not a graph")
    with pytest.raises(ModelError, match="damaged"):
        predictor.load_predictor(tmp_path)


def test_a_prediction_needs_no_slow_import(trained, songs):
    slow = (
        "tensorflow",
        "keras",
        "librosa",
        "sklearn",
        "pandas",
        "matplotlib",
        "mlflow",
        "pydantic",
    )
    code = (
        "import sys, pathlib; from musicregion.inference import predict_song, predictor; "
        f"predict_song.predict_song(predictor.load_predictor(pathlib.Path({str(trained)!r})), "
        f"pathlib.Path({str(songs / 'low.wav')!r})); "
        f"print([name for name in {slow} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
