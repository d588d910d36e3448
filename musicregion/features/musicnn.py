"""Activations of musicnn, a network pretrained to tag music, as features of segments."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import soxr

from musicregion.audio.rounding import round_to
from musicregion.audio.windows import read_windows
from musicregion.features import spectral
from musicregion.features.front_end import FrontEnd, make_front_end
from musicregion.features.kind import FeatureKind
from musicregion.features.musicnn_network import BANDS, FRAMES
from musicregion.storage import paths

if TYPE_CHECKING:
    from musicregion.config.feature_sections import Musicnn

RATE = 16_000  # Hz
N_FFT, HOP_LENGTH = 512, 256  # samples
BATCH = 48  # patches
MEL_STEP = 2.0**-16  # of the network's input, see rounding
STEP = 2.0**-6  # of activations: the network is float32, and its routines the processor's
Network = Callable[[np.ndarray], Any]  # patches [patch, frame, band] to [patch, channel]


def musicnn_front_end(sample_rate: int, samples: int, settings: "Musicnn") -> FrontEnd:
    """The constants for the network's own sample rate, of segments at any."""
    return make_front_end(RATE, N_FFT, BANDS)


def mel_patches(
    window: np.ndarray, sample_rate: int, front_end: FrontEnd, count: int
) -> np.ndarray:
    """The network's input for one segment [sample]: float32 [patch, frame, band].

    `count` patches of 3 s, spread evenly from end to end; a segment shorter than 3 s is looped.
    """
    resampled = soxr.resample(window, sample_rate, RATE)
    # the original's float16 overflows where music is loud
    power = spectral.mel_power(resampled, front_end, HOP_LENGTH)
    level = round_to(np.log10(10_000 * power + 1), MEL_STEP).astype("float32")
    if len(level) < FRAMES:
        level = np.resize(level, (FRAMES, BANDS))
    starts = np.linspace(0, len(level) - FRAMES, count).round().astype(int)
    return np.stack([level[start : start + FRAMES] for start in starts])


@cache
def activation_function(networks: tuple[str, ...]) -> Network:
    """The networks in TensorFlow; their activations are side by side, 1506 of each."""
    import tensorflow as tf

    from musicregion.features import musicnn_network

    values = musicnn_network.load_weights(paths.MUSICNN_WEIGHTS)
    models = [musicnn_network.build_network(values[name]) for name in networks]

    def compute(batch: tf.Tensor) -> tf.Tensor:
        return tf.concat([model(batch, training=False)[0] for model in models], axis=1)

    function: Network = tf.function(compute, input_signature=[tf.TensorSpec((None, FRAMES, BANDS))])
    return function


def activations(
    windows: Iterable[tuple[np.ndarray, int]],
    front_end: FrontEnd,
    settings: "Musicnn",
    network: Network,
) -> Iterator[np.ndarray]:
    """Yield activations [segment, patch, channel], several segments at a time.

    windows: each [sample] with its sample rate (Hz).
    """
    batch: list[np.ndarray] = []
    for window, rate in windows:
        batch.append(mel_patches(window, rate, front_end, settings.patches))
        if len(batch) * settings.patches >= BATCH:
            yield _batch_activations(batch, network)
            batch = []
    if batch:
        yield _batch_activations(batch, network)


def _batch_activations(batch: list[np.ndarray], network: Network) -> np.ndarray:
    """batch: the patches of each segment."""
    values = round_to(np.asarray(network(np.concatenate(batch))), STEP)
    return values.reshape(len(batch), len(batch[0]), -1)


def extract_song(path: Path, segments: int, front_end: FrontEnd, settings: "Musicnn") -> np.ndarray:
    """Activations of a song's segments, float32 [segment, patch, channel]."""
    windows = read_windows(path, segments)
    return np.concatenate(
        list(activations(windows, front_end, settings, activation_function(settings.networks)))
    )


KIND = FeatureKind(
    musicnn_front_end,
    extract_song,
    __name__,
    ("numpy", "scipy", "soxr", "librosa", "tensorflow", "keras"),
    uses_all_cores=True,
)
