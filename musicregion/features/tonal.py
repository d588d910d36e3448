"""What a song's notes do, as features: scale, melody and rhythm, and nothing of its sound.

Basic Pitch transcribes the song; features.note_histograms counts the patterns of its melody in each
segment. Each group of counts becomes square roots of shares, so that Euclidean distance is
Hellinger's, which suits histograms better (R. Arandjelović and A. Zisserman, Three things everyone
should know to improve object retrieval, CVPR 2012).
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soxr

from musicregion.audio.rounding import round_to
from musicregion.audio.windows import SILENCE
from musicregion.features.front_end import FrontEnd, no_front_end
from musicregion.features.kind import FeatureKind
from musicregion.features.note_histograms import AUTOCORRELATIONS, SHAPES, count_patterns
from musicregion.features.tonic import estimate_tonics
from musicregion.features.voices import extract_bass, extract_melody
from musicregion.storage.paths import BASIC_PITCH_WEIGHTS
from musicregion.transcription import basic_pitch
from musicregion.transcription.note_decoding import decode_notes

if TYPE_CHECKING:
    from musicregion.config.feature_sections import Tonal

BLOCK = 120 * basic_pitch.RATE  # samples transcribed at once: memory does not grow with the song
LEVEL, GAIN_STEP = 0.1, 2.0**-10  # root mean square of full scale
WEAK = 0.8  # of a song's median strength; weaker notes are mostly none
STEP = 2.0**-10  # of features, see rounding


def cut_blocks(windows: Iterator[np.ndarray], sample_rate: int) -> Iterator[list[np.ndarray]]:
    """Successive windows [sample] at Basic Pitch's rate, as many at a time as a block has."""
    block: list[np.ndarray] = []
    for window in windows:
        block.append(soxr.resample(window, sample_rate, basic_pitch.RATE))
        if sum(map(len, block)) >= BLOCK:
            yield block
            block = []
    if block:
        yield block


def normalise_level(wave: np.ndarray) -> np.ndarray:
    """[sample] at a root mean square of LEVEL: the network's output depends on it a little."""
    level = np.sqrt(np.square(wave, dtype="float64").mean())
    return wave * np.float32(round_to(LEVEL / max(level, SILENCE), GAIN_STEP))


def transcribe_windows(
    windows: Iterator[np.ndarray], sample_rate: int, settings: "Tonal", network: Path
) -> tuple[np.ndarray, int, float]:
    """Notes, [note, (start, end, pitch, strength)], and number and length (seconds) of windows.

    windows: each [sample] at sample_rate, Hz.
    """
    notes, segments, samples = [np.empty((0, 4))], 0, 0
    for block in cut_blocks(windows, sample_rate):
        wave = normalise_level(np.concatenate(block))
        activations = basic_pitch.activations(wave, network)
        shortest = round(settings.shortest / basic_pitch.FRAME)
        decoded = decode_notes(*activations, settings.onset, settings.frame, shortest)
        start = samples / basic_pitch.RATE
        notes.append(decoded * [basic_pitch.FRAME, basic_pitch.FRAME, 1, 1] + [start, start, 0, 0])
        segments += len(block)
        samples += sum(map(len, block))
    song = np.concatenate(notes)
    strong = song[:, 3] >= WEAK * np.median(song[:, 3]) if len(song) else slice(0)
    return song[strong], segments, samples / segments / basic_pitch.RATE


def note_features(notes: np.ndarray, segments: int, seconds: float) -> np.ndarray:
    """Features of a song's segments, float32 [segment, 1, channel].

    notes: [note, (start, end, pitch, …)], by start, seconds and MIDI numbers. segments: how many
    of `seconds` each.
    """
    frames = np.rint(notes[:, :3] / [basic_pitch.FRAME, basic_pitch.FRAME, 1]).astype(int)
    starts = np.arange(segments) * (seconds / basic_pitch.FRAME)
    tonics = estimate_tonics(frames, extract_bass(frames), basic_pitch.FRAME)
    counts = count_patterns(frames, extract_melody(frames), tonics, basic_pitch.FRAME, starts)
    groups = []
    for name, values in counts.items():
        # a segment has few notes: what the song does on average counts as much
        smoothed = values + values.mean(axis=0)
        if name in AUTOCORRELATIONS:
            groups.append(smoothed[:, 1:] / np.maximum(smoothed[:, :1], 1e-9))
        else:
            total = np.maximum(smoothed.sum(axis=1, keepdims=True), 1e-9)
            groups.append(np.sqrt(smoothed / total))
    return round_to(np.hstack(groups), STEP).astype("float32")[:, None]


def channels() -> dict[str, slice]:
    """The channels of each group of patterns."""
    slices, first = {}, 0
    for name, shape in SHAPES.items():
        last = first + math.prod(shape) - (name in AUTOCORRELATIONS)  # lag 0 is 1 in all songs
        slices[name], first = slice(first, last), last
    return slices


def compute_song(
    windows: Iterator[np.ndarray], front_end: FrontEnd, settings: "Tonal", network: Path | None
) -> Iterator[np.ndarray]:
    """Yield the features of all of a song's windows [sample], float32 [segment, 1, channel]."""
    assert network is not None  # fetch_network makes it
    yield note_features(*transcribe_windows(windows, front_end.sample_rate, settings, network))


def fetch_network(settings: "Tonal") -> Path:
    """Basic Pitch's file, fetched if it does not exist.

    Raises:
        DownloadError: it cannot be fetched.
    """
    return basic_pitch.fetch_weights(BASIC_PITCH_WEIGHTS)


KIND = FeatureKind(
    no_front_end,
    compute_song,
    __name__,
    ("numpy", "scipy", "soxr", "onnxruntime"),
    make_network=fetch_network,
)
