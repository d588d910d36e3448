"""`python -m stages.musicnn`: what a pretrained network hears in every segment, as one array."""

import os
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soxr

from stages import mel
from stages.pretrained import BANDS, FRAMES, WEIGHTS

if TYPE_CHECKING:
    from stages.sections import Musicnn

RATE = 16_000  # Hz
N_FFT, HOP_LENGTH = 512, 256  # samples
BATCH = 48  # patches


def patches(window: np.ndarray, sample_rate: int, count: int) -> np.ndarray:
    """The network's input for one segment [sample]: float32 [patch, frame, band].

    `count` patches of 3 s, spread evenly from end to end; a segment that is shorter is looped.
    """
    resampled = soxr.resample(window, sample_rate, RATE)
    # float32: the original's float16 overflows where music is loud
    energy = mel.power(resampled, RATE, N_FFT, HOP_LENGTH, BANDS)
    level = np.log10(10_000 * energy + 1).astype("float32")
    if len(level) < FRAMES:
        level = np.resize(level, (FRAMES, BANDS))
    starts = np.linspace(0, len(level) - FRAMES, count).round().astype(int)
    return np.stack([level[start : start + FRAMES] for start in starts])


@cache
def listener(networks: tuple[str, ...]) -> Callable[[np.ndarray], np.ndarray]:
    """A function from patches [patch, frame, band] to activations [patch, 1506 a network]."""
    import tensorflow as tf

    from stages import pretrained

    values = pretrained.weights(WEIGHTS)
    models = [pretrained.network(values[name]) for name in networks]

    def hear(batch: tf.Tensor) -> tf.Tensor:
        return tf.concat([model(batch, training=False)[0] for model in models], axis=1)

    return tf.function(hear, input_signature=[tf.TensorSpec((None, FRAMES, BANDS))])


def activations(
    windows: Iterable[tuple[np.ndarray, int]],
    settings: "Musicnn",
    hear: Callable[[np.ndarray], np.ndarray],
) -> Iterator[np.ndarray]:
    """What a network hears in windows, each [sample] with its rate: [segment, patch, channel].

    In batches, as they are ready. hear: as a listener.
    """
    batch: list[np.ndarray] = []
    for window, rate in windows:
        batch.append(patches(window, rate, settings.patches))
        if len(batch) * settings.patches >= BATCH:
            yield _heard(batch, hear)
            batch = []
    if batch:
        yield _heard(batch, hear)


def _heard(batch: list[np.ndarray], hear: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    return np.asarray(hear(np.concatenate(batch))).reshape(len(batch), len(batch[0]), -1)


def song(path: Path, segments: int, features: str, settings: "Musicnn") -> np.ndarray:
    """Activations of a song's segments, float32 [segment, patch, channel]."""
    from stages import extraction

    windows = extraction.windows(path, segments)
    return np.concatenate(list(activations(windows, settings, listener(settings.networks))))


def main() -> None:
    from stages import extraction, parallel, params, pretrained

    settings = params.from_command(__doc__).musicnn
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    pretrained.weights(WEIGHTS)
    modules = ["stages.musicnn", "stages.extraction", "stages.pretrained", "stages.mel"]
    packages = ["numpy", "scipy", "soxr", "tensorflow", "keras"]
    # one process, since TensorFlow keeps all cores busy by itself
    extraction.update("musicnn", settings, modules, packages, song, parallel.here)


if __name__ == "__main__":
    import stages.failure
    import stages.musicnn

    with stages.failure.told("musicnn"):
        stages.musicnn.main()
