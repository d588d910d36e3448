"""folk is a useful small benchmark: for a classical model neither trivial nor hopeless."""

import joblib
import numpy as np
import pandas as pd
import pytest
import soundfile
import soxr

from benchmarks import noises
from benchmarks.doctor import move_labels
from musicregion.config import corpus, params
from musicregion.corpus import folk, folk_songs
from musicregion.dataset import statistics
from musicregion.dataset.dataset import Dataset
from musicregion.evaluation import crossvalidation, label_errors, open_set, prediction_table
from musicregion.features import spectral
from musicregion.models import training_songs
from tests.missing import needs_speech

pytestmark = pytest.mark.slow


def features(song, folder):
    """MFCC of a song's whole windows, [segment, time, coefficient]."""
    path = song.fetch(folder, song.song).path
    wave, file_rate = soundfile.read(path, dtype="float32")
    path.unlink()
    return window_features(soxr.resample(wave, file_rate, params.load().segment.sample_rate))


def window_features(wave):
    """MFCC of the whole windows of a wave [sample], [segment, time, coefficient]."""
    settings = params.load()
    rate, length = settings.segment.sample_rate, settings.segment.window
    windows = [
        wave[start : start + round(length * rate)]
        for start in range(0, round(len(wave) - length * rate) + 1, round(length * rate))
    ]
    front_end = spectral.mfcc_front_end(rate, len(windows[0]), settings.mfcc)
    return np.stack([spectral.mfcc(window, front_end, settings.mfcc) for window in windows])


@pytest.fixture(scope="module")
def songs():
    settings = params.load().folk
    return [
        folk_songs.folk_song(recipe, settings)
        for recipe in folk.choose_recipes(corpus.load("folk"), settings.songs, settings.seed)
    ]


@pytest.fixture(scope="module")
def mfcc(songs, tmp_path_factory):
    """MFCC of every song."""
    folder = tmp_path_factory.mktemp("folk")
    return joblib.Parallel(n_jobs=-1)(joblib.delayed(features)(song, folder) for song in songs)


def test_an_svm_on_mfcc_statistics_classifies_70_to_85_percent_correctly(songs, mfcc):
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    frames = [rows.reshape(-1, rows.shape[-1]) for rows in mfcc]
    table = np.array([np.r_[rows.mean(axis=0), rows.std(axis=0)] for rows in frames])
    regions = np.array([song.region for song in songs])
    accuracies = []
    for seed in range(5):
        folds = StratifiedKFold(5, shuffle=True, random_state=seed)
        model = make_pipeline(StandardScaler(), SVC())
        accuracies.append((cross_val_predict(model, table, regions, cv=folds) == regions).mean())
    print("song accuracy", np.mean(accuracies))
    assert 0.70 <= np.mean(accuracies) <= 0.85


def as_labels(songs):
    regions = sorted({song.region for song in songs})
    return np.array([regions.index(song.region) for song in songs])


def as_dataset(songs, mfcc):
    """All songs, each a group of its own, for training."""
    counts = [len(rows) for rows in mfcc]
    owner = np.repeat([song.song for song in songs], counts)
    parts, labels = np.full(len(owner), "train"), np.repeat(as_labels(songs), counts)
    regions = sorted({song.region for song in songs})
    return Dataset({"mfcc": np.concatenate(mfcc)}, labels, owner, owner, parts, regions)


def test_label_errors_are_listed_first(songs, mfcc):
    """Of 5 % mislabelled songs, 80 % are in the first tenth of the list: mean of six seeds."""
    names = np.array([song.song for song in songs])
    labels, counts = as_labels(songs), [len(rows) for rows in mfcc]
    data = as_dataset(songs, mfcc)
    regions, parts = data.regions, data.parts
    _ = data.song_statistics("mfcc"), data.segment_statistics("mfcc")  # computed once for all seeds
    settings = params.load().with_changes({"evaluate.folds": 5, "evaluate.repeats": 3})
    settings = settings.model_copy(update={"model": "logistic"})
    shown = pd.DataFrame({"song": names}).assign(title="", source="", path="")
    shares = []
    for seed in range(6):
        wrong = move_labels(labels, len(regions), seed)
        moved = wrong != labels
        mislabelled = data.relabelled(np.repeat(wrong, counts), parts, regions)
        folds = list(crossvalidation.cross_validate(mislabelled, settings))
        predictions = prediction_table.all_predictions(mislabelled, folds[0].result, folds)
        first = label_errors.find_suspects(predictions, shown)["song"].head(len(names) // 10)
        shares.append(np.isin(names[moved], first).mean())
    print("share found", shares)
    assert np.mean(shares) >= 0.8


def test_a_region_that_was_left_out_is_told_from_the_others(songs, mfcc):
    aurocs = dict(open_set.leave_one_region_out(as_dataset(songs, mfcc)))
    print("leave one region out", aurocs)
    assert np.mean(list(aurocs.values())) >= 0.75


@needs_speech
def test_nearly_all_sounds_that_are_no_music_are_rejected(songs, mfcc):
    data = as_dataset(songs, mfcc)
    known = training_songs.fit_training_songs(data, data.rows("train"), {})
    rate = params.load().segment.sample_rate
    sounds = [
        statistics.pool_statistics(window_features(noises.make_noise(kind, number, rate)))
        for kind in noises.KINDS
        for number in range(8)
    ]
    assert (known.typicality(np.array(sounds)) <= 0.05).mean() >= 0.95


def test_songs_are_the_same_bytes_whatever_the_number_of_processes(songs, tmp_path):
    chosen = songs[::40]

    def render(processes):
        folder = tmp_path / str(processes)
        folder.mkdir()
        joblib.Parallel(n_jobs=processes)(
            joblib.delayed(song.fetch)(folder, song.song) for song in chosen
        )
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    assert render(1) == render(2)
