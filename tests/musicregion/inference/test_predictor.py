"""A loaded model predicts what the pipeline would, without slow imports."""

import shutil
import subprocess
import sys
from pathlib import Path

import librosa
import numpy as np
import pytest
import soundfile

from musicregion.audio.segmenting import segment_song
from musicregion.config import params
from musicregion.errors import ModelError, Undecodable
from musicregion.features import kind as kind_module
from musicregion.features import musicnn
from musicregion.features.registry import KINDS
from musicregion.inference import predict_song, predictor
from musicregion.storage import paths
from tests.conftest import RATE, REPOSITORY, require_weights, tone


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


def test_a_song_that_is_not_typical_enough_is_none_of_these(trained, songs):
    loaded = predictor.load_predictor(trained)
    loaded.card["params"]["evaluate.false_rejections"] = 1.0
    assert not predict_song.predict_song(loaded, songs / "low.wav").known


def test_noise_is_none_of_these_whatever_the_probability(trained, tmp_path):
    loaded = predictor.load_predictor(trained)
    noise = np.random.default_rng(0).normal(size=8 * RATE) * 0.1
    soundfile.write(tmp_path / "noise.wav", noise, RATE)
    prediction = predict_song.predict_song(loaded, tmp_path / "noise.wav")
    assert not prediction.known
    assert prediction.typicality == pytest.approx(1 / 25, abs=1e-6)
    assert {song.similarity for song in prediction.nearest} == {"hardly similar"}


def test_the_nearest_training_songs_have_titles_and_are_the_nearest_in_pitch(trained, songs):
    prediction = predict_song.predict_song(predictor.load_predictor(trained), songs / "high.wav")
    first = prediction.nearest[0]
    assert (first.title, first.region, first.similarity) == ("Song 0-00", "High", "very similar")
    assert first.distance == 0
    assert [song.region for song in prediction.nearest] == ["High"] * 3


def test_similarity_in_words():
    words = [predict_song.in_words(share) for share in (0.0, 0.25, 0.3, 0.75, 0.9, 0.96, 1.0)]
    assert words == [
        *["very similar"] * 2,
        *["similar"] * 2,
        "somewhat similar",
        *["hardly similar"] * 2,
    ]


@pytest.mark.parametrize("features", ["mfcc", "logmel", "tonal"])
def test_a_new_song_has_the_same_features_as_in_the_pipeline(trained, songs, tmp_path, features):
    """Sample by sample and feature by feature, resampled and looped parts included."""
    settings = params.load().with_changes({"segment.window": 2})
    song = tmp_path / "song.ogg"
    wave = [tone(0.25, 330 * 2 ** (step / 6), rate=44_100) for step in range(20)]
    soundfile.write(song, np.concatenate(wave) * 4, 44_100)  # some samples clip
    rows = segment_song(song, tmp_path / "song.flac", settings.segment)
    kind, section = KINDS[features], getattr(settings, features)
    front_end = kind.make_front_end(RATE, 2 * RATE, section)
    flac = tmp_path / "song.flac"
    networks = {"tonal": require_weights(paths.BASIC_PITCH_WEIGHTS)} if kind.make_network else {}
    expected = kind_module.extract_song(
        kind.compute_song, flac, len(rows), front_end, section, networks.get(features)
    )
    loaded = predictor.load_predictor(trained)
    chosen = settings.model_copy(update={"features": features}).training_params()
    card = {**loaded.card, "params": chosen}
    loaded = predictor.Predictor(card, loaded.classifier, {features: front_end}, networks, None)
    extracted, lengths = predict_song.extract_song(loaded, song)
    assert expected.any()
    assert np.array_equal(extracted[features], expected)
    assert lengths == [row["duration_s"] for row in rows]


def test_musicnn_gives_a_new_song_the_same_features_as_in_the_pipeline(
    trained, tmp_path, monkeypatch
):
    weights = shutil.copy(require_weights(paths.MUSICNN_WEIGHTS), tmp_path)
    monkeypatch.setattr(paths, "MUSICNN_WEIGHTS", Path(weights))
    settings = params.load().model_copy(update={"features": "musicnn"})
    song = tmp_path / "song.ogg"
    soundfile.write(song, tone(25, 330, rate=44_100), 44_100)
    rows = segment_song(song, tmp_path / "song.flac", settings.segment)
    front_end = musicnn.musicnn_front_end(RATE, 10 * RATE, settings.musicnn)
    song_flac = tmp_path / "song.flac"
    network = musicnn.make_network(settings.musicnn)
    expected = kind_module.extract_song(
        musicnn.compute_song, song_flac, len(rows), front_end, settings.musicnn, network
    )
    loaded = predictor.load_predictor(trained)
    card = {**loaded.card, "params": settings.training_params()}
    extracted, _ = predict_song.extract_song(
        predictor.Predictor(
            card, loaded.classifier, {"musicnn": front_end}, {"musicnn": network}, None
        ),
        song,
    )
    extracted = extracted["musicnn"]
    assert extracted.shape == expected.shape == (3, 3, 3012)
    assert np.array_equal(extracted, expected)


def test_its_mfcc_are_those_of_librosa(trained, songs):
    extracted, _ = predict_song.extract_song(predictor.load_predictor(trained), songs / "high.wav")
    wave, _ = soundfile.read(songs / "high.wav", dtype="float32")
    mfcc = params.load().mfcc
    band = {"fmin": mfcc.fmin, "fmax": mfcc.fmax}
    expected = librosa.feature.mfcc(y=wave[: 2 * RATE], sr=RATE, n_mfcc=13, **band).T
    assert extracted["mfcc"][0] == pytest.approx(expected, abs=1e-2)


def test_a_song_that_is_too_long_is_refused(trained, songs):
    loaded = predictor.load_predictor(trained)
    with pytest.raises(Undecodable, match=r"longer than 0\.1 minutes"):
        predict_song.predict_song(loaded, songs / "low.wav", longest=6)
    assert predict_song.predict_song(loaded, songs / "low.wav", longest=8)


def test_a_folder_without_a_model_is_named(tmp_path, trained):
    with pytest.raises(ModelError, match="no model there"):
        predictor.load_predictor(tmp_path)
    (tmp_path / "card.json").write_text((trained / "card.json").read_text())
    with pytest.raises(ModelError, match=r"mfcc\.npz: not found, so an older version"):
        predictor.load_predictor(tmp_path)
    (tmp_path / "mfcc.npz").write_bytes(b"no arrays")
    with pytest.raises(ModelError, match=r"mfcc\.npz: damaged"):
        predictor.load_predictor(tmp_path)
    shutil.copy(trained / "mfcc.npz", tmp_path)
    with pytest.raises(ModelError, match=r"training_songs\.npz: not found, so an older version"):
        predictor.load_predictor(tmp_path)
    shutil.copy(trained / "training_songs.npz", tmp_path)
    with pytest.raises(ModelError, match=r"an \.onnx file is missing, or an older version"):
        predictor.load_predictor(tmp_path)
    (tmp_path / "mfcc_song.onnx").write_bytes(b"not a graph")
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
