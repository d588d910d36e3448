"""Predicts one song with a loaded model, by the same code as in training."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from musicregion.audio.decode import decode
from musicregion.audio.windows import standardise, waveform
from musicregion.dataset.dataset import UNKNOWN, Dataset
from musicregion.errors import Undecodable
from musicregion.inference.prediction import SegmentPrediction, SongPrediction
from musicregion.inference.predictor import Predictor
from musicregion.models import calibration


def rank_regions(model: Predictor, probabilities: np.ndarray) -> dict[str, float]:
    """Probabilities [region] by region, the likeliest first."""
    order = np.argsort(-probabilities, kind="stable")
    return {model.card["regions"][index]: round(float(probabilities[index]), 6) for index in order}


def extract_song(
    model: Predictor, path: Path, longest: float = float("inf")
) -> tuple[np.ndarray, list[float]]:
    """Features [segment, time, channel] of an audio file, and seconds of each segment that are the
    song's own (the rest is looped).

    Raises:
        Undecodable: the file is not audio, silent, too short, or longer than `longest` seconds.
    """
    settings = model.section("segment")
    lengths: list[float] = []

    def windows() -> Iterator[np.ndarray]:
        for window in standardise(decode(path, settings.sample_rate), settings):
            if len(lengths) * settings.window >= longest:
                raise Undecodable(f"longer than {longest / 60:g} minutes")
            lengths.append(window.real / settings.sample_rate)
            yield waveform(window.samples)

    return model.features(windows()), lengths


def predict_probabilities(model: Predictor, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Calibrated probabilities of a song [region] and of its segments [segment, region].

    features: of the song's segments, [segment, time, channel].
    """
    rows = np.arange(len(features))
    same = np.full(len(rows), "song")
    data = Dataset(features, np.full(len(rows), UNKNOWN), same, same, same, model.card["regions"])
    temperature = model.card["temperature"]
    _, (song,) = model.classifier.predict_songs(data, rows)
    segments = model.classifier.predict_segments(data, rows)
    return (
        calibration.apply_temperature(song[None], temperature["song"])[0],
        calibration.apply_temperature(segments, temperature["segment"]),
    )


def predict_song(model: Predictor, path: Path, longest: float = float("inf")) -> SongPrediction:
    """Predict an audio file.

    Raises:
        Undecodable: as extract_song.
    """
    features, lengths = extract_song(model, path, longest)
    song, segments = predict_probabilities(model, features)
    regions = rank_regions(model, song)
    window = model.section("segment").window
    return SongPrediction(
        known=max(regions.values()) >= model.card["threshold"],
        probabilities=regions,
        timeline=[
            SegmentPrediction(row * window, round(length, 3), rank_regions(model, segment))
            for row, (length, segment) in enumerate(zip(lengths, segments, strict=True))
        ],
    )
