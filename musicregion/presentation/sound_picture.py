"""A song's sound as pictures against time: its loudness, and its spectrogram."""

import base64
import io
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import scipy.fft

from musicregion.presentation.timeline import format_clock

WIDTH, HEIGHT = 600, 100  # of the loudness, and moments of the spectrogram
BANDS = 120  # of the spectrogram, equally wide in octaves
LOWEST = 40.0  # Hz
FRAME = 4096  # samples
FRAMES = 2  # that a moment of the spectrogram is the mean of
RANGE = 70.0  # dB below the loudest that are shown
COLOURS = "magma"  # dark to bright, for colour-blind eyes as well


@dataclass(frozen=True)
class SoundPicture:
    """The pictures of a song, each as wide as the song is long."""

    duration_s: float
    loudness: str  # SVG path, WIDTH by HEIGHT
    spectrogram: str  # PNG file, base64
    text: str  # what the spectrogram shows, in words


def draw_sound(blocks: Iterable[np.ndarray], sample_rate: int, duration_s: float) -> SoundPicture:
    """The pictures of a song. blocks: float32 [sample]; duration_s: of it that is shown."""
    samples = np.concatenate([*blocks])[: round(duration_s * sample_rate)]
    bands, edges = measure_bands(samples, sample_rate)
    return SoundPicture(
        duration_s,
        loudness_path(samples),
        base64.b64encode(spectrogram_png(bands, edges)).decode(),
        describe_bands(bands, edges, duration_s),
    )


def loudness_path(samples: np.ndarray) -> str:
    """The largest amplitude of each moment, mirrored, as an SVG path."""
    edges = np.linspace(0, len(samples), WIDTH + 1).astype(int)[:-1]
    peaks = np.maximum.reduceat(np.abs(samples), edges)
    heights = np.rint(peaks / max(peaks.max(), 1e-9) * HEIGHT / 2).astype(int)
    middle = HEIGHT // 2
    upper = "L".join(f"{x} {middle - height}" for x, height in enumerate(heights))
    lower = "L".join(f"{x} {middle + height}" for x, height in reversed([*enumerate(heights)]))
    return f"M{upper}L{lower}z"


def measure_bands(samples: np.ndarray, sample_rate: int) -> tuple[np.ndarray, np.ndarray]:
    """Power of each band at each moment, [WIDTH, BANDS], and the edges of the bands in Hz."""
    moments = (np.arange(WIDTH * FRAMES) + 0.5) * len(samples) / (WIDTH * FRAMES)
    padded = np.pad(samples, FRAME // 2)
    frames = padded[moments.astype(int)[:, None] + np.arange(FRAME)] * np.hanning(FRAME)
    power = np.abs(scipy.fft.rfft(frames)) ** 2
    edges = np.geomspace(LOWEST, sample_rate / 2, BANDS + 1)
    # bands may be narrower than the transform's: power is taken as even within those
    total = np.pad(power.cumsum(axis=1), ((0, 0), (1, 0)))
    at = edges * FRAME / sample_rate + 0.5
    below = np.minimum(at.astype(int), power.shape[1] - 1)
    until = total[:, below] + (at - below) * power[:, below]
    bands = np.diff(until, axis=1)
    return bands.reshape(WIDTH, FRAMES, BANDS).mean(axis=1), edges


def spectrogram_png(bands: np.ndarray, edges: np.ndarray) -> bytes:
    """A picture of power [moment, band], with low frequencies at the bottom."""
    import matplotlib
    from PIL import Image

    level = 10 * np.log10(np.maximum(bands / np.diff(edges), 1e-20))
    shade = np.clip((level - level.max()) / RANGE + 1, 0, 1)
    image = Image.fromarray(np.rint(255 * shade.T[::-1]).astype("uint8"), "L")
    image.putpalette((matplotlib.colormaps[COLOURS](np.arange(256), bytes=True)[:, :3]).tobytes())
    file = io.BytesIO()
    image.save(file, "png")
    return file.getvalue()


def describe_bands(bands: np.ndarray, edges: np.ndarray, duration_s: float) -> str:
    """Where the power [moment, band] is, in a sentence."""
    share = np.cumsum(bands.sum(axis=0))
    half, most = (edges[1:][np.searchsorted(share, part * share[-1])] for part in (0.5, 0.9))
    return (
        f"Spectrogram of {format_clock(duration_s)}, from {LOWEST:.0f} to {edges[-1]:.0f} "
        f"Hz: half of the energy is below {half:.0f} Hz, nine tenths below {most:.0f} Hz."
    )
