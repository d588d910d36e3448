"""The notes of a song, transcribed by Basic Pitch's network.

R. Bittner and others, A lightweight instrument-agnostic model for polyphonic note transcription and
multipitch estimation, ICASSP 2022. The weights are fetched once from the Python package index (0.2
MB, known by their hash).
"""

import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from musicregion.audio import decode
from musicregion.storage import wheel
from musicregion.storage.files import writing
from musicregion.transcription import note_decoding

if TYPE_CHECKING:
    import onnxruntime

    from musicregion.config.sections import Transcribe


PACKAGE = "basic-pitch==0.4.0"  # Apache-2.0
SHA256 = "738adb503aae7fdfc7d1e1511aa0ce35052315f260a19531ef4c356708425db0"
INSIDE = "basic_pitch/saved_models/icassp_2022/nmp.onnx"


RATE, HOP_LENGTH = 22_050, 256  # Hz, samples
WINDOW = 43_844  # samples that the network hears at once
FRAMES, KEPT, EDGE = 172, 142, 15  # of a window; of its middle; at each side, where it hears badly
OUTPUTS = ("StatefulPartitionedCall:2", "StatefulPartitionedCall:1")  # onsets, notes
BATCH = 16  # windows
FRAME = HOP_LENGTH / RATE  # seconds


def fetch_weights(path: Path) -> Path:
    """The network's file; fetched where it is not there yet."""
    if not path.is_file():
        with tempfile.TemporaryDirectory() as temporary:
            found = wheel.fetch_wheel(
                PACKAGE, SHA256, Path(temporary), "use transcribe.songs: none"
            )
            with zipfile.ZipFile(found) as archive:
                content = archive.read(INSIDE)
        with writing(path) as part:
            part.write_bytes(content)
    return path


@cache
def load_network(path: Path) -> "onnxruntime.InferenceSession":
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options)


def activations(wave: np.ndarray, weights: Path) -> tuple[np.ndarray, np.ndarray]:
    """Onsets and notes, each [frame, 88 pitches], 0 to 1, of a song [sample] at RATE."""
    step = KEPT * HOP_LENGTH
    count = max(1, -(-len(wave) // step))
    padded = np.zeros(EDGE * HOP_LENGTH + (count - 1) * step + WINDOW, "float32")
    padded[EDGE * HOP_LENGTH :][: len(wave)] = wave
    starts = step * np.arange(count)
    session = load_network(weights)
    (given,) = session.get_inputs()
    parts = []
    for first in range(0, count, BATCH):
        windows = [padded[start : start + WINDOW, None] for start in starts[first : first + BATCH]]
        heard = session.run(OUTPUTS, {given.name: np.stack(windows)})
        parts.append([part[:, EDGE : EDGE + KEPT].reshape(-1, part.shape[2]) for part in heard])
    frames = -(-len(wave) // HOP_LENGTH)
    onsets, sounding = (np.concatenate(part)[:frames] for part in zip(*parts, strict=True))
    return onsets, sounding


def transcribe(path: Path, settings: "Transcribe", weights: Path) -> np.ndarray:
    """A song's notes, float32 [note, (start, end, pitch, strength)]: seconds, MIDI, 0 to 1."""
    wave = np.concatenate(list(decode.decode(path, RATE)))
    found = note_decoding.decode_notes(
        *activations(wave, weights),
        settings.onset,
        settings.frame,
        round(settings.shortest / FRAME),
    )
    found[:, :2] *= FRAME
    return found
