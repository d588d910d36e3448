"""Activations of musicnn, a network pretrained to tag music, as features of segments."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soxr

from musicregion.audio.rounding import round_to
from musicregion.errors import ModelError
from musicregion.features import musicnn_graph, musicnn_network, spectral
from musicregion.features.front_end import FrontEnd, make_front_end
from musicregion.features.kind import FeatureKind
from musicregion.features.musicnn_network import BANDS, FRAMES
from musicregion.storage import paths

if TYPE_CHECKING:
    from musicregion.config.feature_sections import Musicnn

RATE = 16_000  # Hz
N_FFT, HOP_LENGTH = 512, 256  # samples
MEL_STEP = 2.0**-16  # of the network's input, see rounding
STEP = 2.0**-6  # of activations: the network is float32, and its routines the processor's
Network = Callable[[np.ndarray], np.ndarray]  # a patch [frame, band] to activations [channel]


def musicnn_front_end(sample_rate: int, samples: int, settings: "Musicnn") -> FrontEnd:
    """The constants for the network's own sample rate, of segments at any."""
    return replace(make_front_end(RATE, N_FFT, BANDS), sample_rate=sample_rate)


def mel_patches(window: np.ndarray, front_end: FrontEnd, count: int) -> np.ndarray:
    """The network's input for one segment [sample]: float32 [patch, frame, band].

    `count` patches of 3 s, spread evenly from end to end; a segment shorter than 3 s is looped.
    """
    resampled = soxr.resample(window, front_end.sample_rate, RATE)
    # the original's float16 overflows where music is loud
    power = spectral.mel_power(resampled, front_end, HOP_LENGTH)
    level = round_to(np.log10(10_000 * power + 1), MEL_STEP).astype("float32")
    if len(level) < FRAMES:
        level = np.resize(level, (FRAMES, BANDS))
    starts = np.linspace(0, len(level) - FRAMES, count).round().astype(int)
    return np.stack([level[start : start + FRAMES] for start in starts])


def make_network(settings: "Musicnn") -> Path:
    """Write the networks that are chosen as one ONNX graph; returns its path.

    Raises:
        DownloadError: the weights cannot be fetched.
    """
    weights = musicnn_network.load_weights(paths.MUSICNN_WEIGHTS)
    path = paths.musicnn_graph(settings.networks)
    musicnn_graph.write_graph([weights[name] for name in settings.networks], path)
    return path


@cache
def load_network(path: Path) -> Network:
    """The network in ONNX Runtime, in one thread.

    Raises:
        ModelError: the file is damaged.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3  # errors
    try:
        session = onnxruntime.InferenceSession(path, options)
    except Exception as error:  # ONNX Runtime has many classes of errors
        raise ModelError(f"{path}: damaged ({error})") from None
    # one patch at a time, whose intermediate arrays stay in the processor's cache
    return lambda patch: session.run(None, {"input": patch[None]})[0][0]


def compute_song(
    windows: Iterable[np.ndarray],
    front_end: FrontEnd,
    settings: "Musicnn",
    path: Path | None,
) -> Iterator[np.ndarray]:
    """Yield activations [1, patch, channel] of each segment.

    windows: each [sample]. path: of what make_network has written.
    """
    assert path is not None  # KIND has make_network
    network = load_network(path)
    for window in windows:
        patches = mel_patches(window, front_end, settings.patches)
        yield round_to(np.stack([network(patch) for patch in patches]), STEP)[None]


KIND = FeatureKind(
    musicnn_front_end,
    compute_song,
    __name__,
    ("numpy", "scipy", "soxr", "librosa", "onnxruntime"),
    make_network,
)
