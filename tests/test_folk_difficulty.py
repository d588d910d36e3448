"""folk is a fair little benchmark: a classical yardstick lands between trivial and hopeless."""

import joblib
import numpy as np
import pytest
import soundfile
import soxr

from stages import corpus, folk, mfcc, params, sources


def statistics(song, folder):
    """Mean and standard deviation of each coefficient over a song, [2 * coefficient]."""
    settings = params.load()
    path = song.fetch(folder, song.song).path
    wave, rate = soundfile.read(path, dtype="float32")
    path.unlink()
    length = settings.segment.window * settings.segment.sample_rate
    wave = soxr.resample(wave, rate, settings.segment.sample_rate)
    rows = np.concatenate(
        [
            mfcc.mfcc(
                wave[start : start + round(length)], settings.segment.sample_rate, settings.mfcc
            )
            for start in range(0, round(len(wave) - length) + 1, round(length))
        ]
    )
    return np.concatenate([rows.mean(axis=0), rows.std(axis=0)])


@pytest.fixture(scope="module")
def songs():
    palettes, settings = corpus.load("folk").folk(), params.load().folk
    return [
        sources.folk(recipe, palettes[recipe.region].palette, settings)
        for recipe in folk.recipes(palettes, settings.songs, settings.seed)
    ]


def test_an_svm_on_mfcc_statistics_is_right_for_70_to_85_songs_in_100(songs, tmp_path):
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    work = (joblib.delayed(statistics)(song, tmp_path) for song in songs)
    table = np.array(joblib.Parallel(n_jobs=-1)(work))
    regions = np.array([song.region for song in songs])
    accuracies = []
    for seed in range(5):
        folds = StratifiedKFold(5, shuffle=True, random_state=seed)
        model = make_pipeline(StandardScaler(), SVC())
        accuracies.append((cross_val_predict(model, table, regions, cv=folds) == regions).mean())
    print("song accuracy", np.mean(accuracies))
    assert 0.70 <= np.mean(accuracies) <= 0.85


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
