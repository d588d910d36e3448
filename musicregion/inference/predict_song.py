"""Predicts one song with a loaded model, by the same code as in training."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from musicregion.audio.decode import decode
from musicregion.audio.windows import standardise, waveform
from musicregion.dataset.dataset import UNKNOWN, Dataset
from musicregion.errors import Undecodable
from musicregion.inference.prediction import SegmentPrediction, SimilarSong, SongPrediction
from musicregion.inference.predictor import Predictor
from musicregion.models import calibration
from musicregion.models.training_songs import song_statistics

NEIGHBOURS = 3  # training songs that are shown
SIMILARITIES = (  # how large a share of training songs is nearer to another one
    (0.25, "very similar"),
    (0.75, "similar"),
    (0.95, "somewhat similar"),
    (1.0, "hardly similar"),
)


def rank_regions(model: Predictor, probabilities: np.ndarray) -> dict[str, float]:
    """Probabilities [region] by region, the likeliest first."""
    order = np.argsort(-probabilities, kind="stable")
    return {model.card["regions"][index]: round(float(probabilities[index]), 6) for index in order}


def extract_song(
    model: Predictor, path: Path, longest: float = float("inf")
) -> tuple[dict[str, np.ndarray], list[float]]:
    """Features [segment, time, channel] of an audio file by kind, and seconds of each segment that
    are the song's own (the rest is looped).

    Raises:
        Undecodable: the file is not audio, silent, too short, or longer than `longest` seconds.
    """
    settings = model.section("segment")
    lengths: list[float] = []

    def windows() -> Iterator[np.ndarray]:
        lengths.clear()
        for window in standardise(decode(path, settings.sample_rate), settings):
            if len(lengths) * settings.window >= longest:
                raise Undecodable(f"longer than {longest / 60:g} minutes")
            lengths.append(window.real / settings.sample_rate)
            yield waveform(window.samples)

    return model.features(windows), lengths


def song_dataset(model: Predictor, features: dict[str, np.ndarray]) -> Dataset:
    """One song as a dataset. features: of its segments by kind, [segment, time, channel]."""
    count = len(next(iter(features.values())))
    same, unknown = np.full(count, "song"), np.full(count, UNKNOWN)
    return Dataset(features, unknown, same, same, same, model.card["regions"])


def predict_probabilities(model: Predictor, data: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Calibrated probabilities of a song [region] and of its segments [segment, region]."""
    rows = np.arange(len(data))
    temperature = model.card["temperature"]
    _, (song,) = model.classifier.predict_songs(data, rows)
    segments = model.classifier.predict_segments(data, rows)
    return (
        calibration.apply_temperature(song[None], temperature["song"])[0],
        calibration.apply_temperature(segments, temperature["segment"]),
    )


def compare_with_training_songs(
    model: Predictor, data: Dataset, is_segment: bool = False
) -> tuple[float, list[SimilarSong]]:
    """The typicality of a song, or of a single segment, and the training songs nearest to it."""
    songs = model.songs
    assert songs is not None  # only where features alone are wanted
    statistics = np.hstack(song_statistics(data, np.arange(len(data.songs))))
    (typicality,) = songs.typicality(statistics, is_segment)
    nearest = [
        SimilarSong(
            str(songs.titles[row]), str(songs.regions[row]), in_words(share), round(share, 6)
        )
        for row, share in songs.neighbours(statistics[0], NEIGHBOURS)
    ]
    return round(float(typicality), 6), nearest


def in_words(share: float) -> str:
    """How similar a training song is; `share` of them are nearer to another one."""
    return next(words for bound, words in SIMILARITIES if share <= bound)


def is_known(model: Predictor, typicality: float) -> bool:
    """Whether a song is typical enough to belong to a region."""
    return bool(typicality > model.section("evaluate").false_rejections)


def predict_song(model: Predictor, path: Path, longest: float = float("inf")) -> SongPrediction:
    """Predict an audio file.

    Raises:
        Undecodable: as extract_song.
    """
    features, lengths = extract_song(model, path, longest)
    return predict_dataset(model, song_dataset(model, features), lengths)


def predict_dataset(model: Predictor, data: Dataset, lengths: list[float]) -> SongPrediction:
    """Predict one song as a dataset. lengths: as of extract_song."""
    song, segments = predict_probabilities(model, data)
    typicality, nearest = compare_with_training_songs(model, data)
    regions = rank_regions(model, song)
    window = model.section("segment").window
    return SongPrediction(
        known=is_known(model, typicality),
        typicality=typicality,
        nearest=nearest,
        probabilities=regions,
        timeline=[
            SegmentPrediction(row * window, round(length, 3), rank_regions(model, segment))
            for row, (length, segment) in enumerate(zip(lengths, segments, strict=True))
        ],
    )
