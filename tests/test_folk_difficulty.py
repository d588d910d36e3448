"""folk is a useful small benchmark: for a classical model neither trivial nor hopeless."""

import joblib
import numpy as np
import pandas as pd
import pytest
import soundfile
import soxr

from musicregion.config import corpus, params, sections
from musicregion.corpus import folk, folk_songs
from musicregion.dataset.dataset import Dataset
from musicregion.evaluation import crossvalidation, label_errors, prediction_table
from musicregion.features import spectral

pytestmark = pytest.mark.slow


def features(song, folder):
    """MFCC of a song's whole windows, [segment, time, coefficient]."""
    settings = params.load()
    path = song.fetch(folder, song.song).path
    wave, file_rate = soundfile.read(path, dtype="float32")
    path.unlink()
    rate, length = settings.segment.sample_rate, settings.segment.window
    wave = soxr.resample(wave, file_rate, rate)
    windows = [
        wave[start : start + round(length * rate)]
        for start in range(0, round(len(wave) - length * rate) + 1, round(length * rate))
    ]
    front_end = spectral.mfcc_front_end(rate, len(windows[0]), settings.mfcc)
    return np.stack([spectral.mfcc(window, front_end, settings.mfcc) for window in windows])


@pytest.fixture(scope="module")
def songs():
    palettes, settings = corpus.load("folk").folk(), params.load().folk
    return [
        folk_songs.folk_song(recipe, palettes[recipe.region].palette, settings)
        for recipe in folk.choose_recipes(palettes, settings.songs, settings.seed)
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


def test_label_errors_are_listed_first(songs, mfcc):
    """Of 5 % mislabelled songs, 80 % are in the first tenth of the list: mean of six seeds."""
    names = np.array([song.song for song in songs])
    regions = sorted({song.region for song in songs})
    labels = np.array([regions.index(song.region) for song in songs])
    counts = [len(rows) for rows in mfcc]
    owner = np.repeat(names, counts)
    parts = np.full(len(owner), "train")
    data = Dataset(np.concatenate(mfcc), np.repeat(labels, counts), owner, owner, parts, regions)
    _ = data.song_statistics, data.segment_statistics  # computed once for all seeds
    settings = params.load().model_copy(
        update={"model": "logistic", "evaluate": sections.Evaluate(folds=5, repeats=3)}
    )
    shown = pd.DataFrame({"song": names}).assign(title="", source="", path="")
    shares = []
    for seed in range(6):
        random = np.random.default_rng(seed)
        moved = random.choice(len(names), len(names) // 20, replace=False)
        wrong = labels.copy()
        wrong[moved] = (wrong[moved] + random.integers(1, len(regions), len(moved))) % len(regions)
        mislabelled = data.relabelled(np.repeat(wrong, counts), parts, regions)
        folds = list(crossvalidation.cross_validate(mislabelled, settings))
        predictions = prediction_table.all_predictions(mislabelled, folds[0].result, folds)
        first = label_errors.find_suspects(predictions, shown)["song"].head(len(names) // 10)
        shares.append(np.isin(names[moved], first).mean())
    print("share found", shares)
    assert np.mean(shares) >= 0.8


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
