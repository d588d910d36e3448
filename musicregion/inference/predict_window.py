"""Predicts the last seconds of a stream, again and again while it goes on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from musicregion.inference import predict_song
from musicregion.inference.prediction import SimilarSong
from musicregion.inference.predictor import Predictor


@dataclass(frozen=True)
class WindowPrediction:
    """The prediction for the last seconds of a stream."""

    probabilities: dict[str, float]  # by region, the likeliest first
    known: bool  # False: "none of these"
    nearest: list[SimilarSong]


def last_windows(blocks: Iterable[np.ndarray], rate: int, window: float) -> Iterator[np.ndarray]:
    """The last `window` seconds [sample], after each second of a stream of blocks [sample].

    rate: Hz. A stream that is still shorter is looped.
    """
    length = round(window * rate)
    last, new_samples = np.empty(0, "float32"), 0
    for block in blocks:
        for part in np.array_split(block, len(block) // rate + 1):
            last = np.concatenate([last, part])[-length:]
            new_samples += len(part)
            if new_samples >= rate:
                new_samples -= rate
                yield np.resize(last, length)


def predict_window(model: Predictor, window: np.ndarray) -> WindowPrediction:
    """Predict as many samples, at the model's sample rate, as its segments have."""
    data = predict_song.song_dataset(model, model.features(partial(iter, [window])))
    _, segments = predict_song.predict_probabilities(model, data)
    typicality, nearest = predict_song.compare_with_training_songs(model, data, True)
    known = predict_song.is_known(model, typicality)
    return WindowPrediction(predict_song.rank_regions(model, segments[0]), known, nearest)
