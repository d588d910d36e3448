"""The maximum over bands of what wide filters give, at a quarter of the multiplications.

musicnn's timbral filters are 38 and 67 bands high and slide over 96 bands: four fifths of the
network's work. Here they are multiplied in the Fourier domain of the bands (convolution theorem).
The inverse transform is taken about the middle of their positions: at a distance d, it is an even
part plus an odd part above the middle, and minus the odd part below. So the maximum of both is
even + |odd|, and only half of the positions are computed.
"""

import numpy as np

from musicregion.features.musicnn_network import BANDS, FRAMES
from musicregion.features.onnx_graph import GraphBuilder

BINS = BANDS // 2 + 1  # of the Fourier transform over bands
CHUNK = 51  # filters at a time, whose intermediate arrays fit into a processor's cache
PARTS = "real", "imaginary"


def band_spectrum(graph: GraphBuilder, mel: str) -> str:
    """The value [patch, frame, band] as [patch, bin and part, frame]."""
    waves = np.exp(-2j * np.pi * np.outer(np.arange(BANDS), np.arange(BINS)) / BANDS)
    parts = np.stack([waves.real, waves.imag], axis=2).reshape(BANDS, 2 * BINS)
    return graph.apply("Transpose", graph.apply("MatMul", mel, parts), perm=[0, 2, 1])


def _filter_spectra(kernel: np.ndarray, middle: float) -> dict[str, np.ndarray]:
    """For each part of the products: [bin, channel, part of the input's spectrum, frame]."""
    heights = np.arange(kernel.shape[1])
    waves = np.exp(2j * np.pi * np.outer(heights + middle, np.arange(BINS)) / BANDS)
    spectra = np.einsum("thc,hb->bct", kernel, waves)
    parts = (spectra.real, -spectra.imag), (spectra.imag, spectra.real)
    return dict(zip(PARTS, (np.stack(part, axis=2) for part in parts), strict=True))


def _inverse_transforms(positions: int, middle: float) -> dict[str, np.ndarray]:
    """For each part of the products: [distance, bin], to the even and to the odd part."""
    bins = np.arange(BINS)
    distances = np.arange(positions // 2, positions) - middle
    angles = 2 * np.pi * np.outer(distances, bins) / BANDS
    # a bin stands for its conjugate, too, except the first and the last
    counts = np.where((bins == 0) | (bins == BANDS // 2), 1, 2) / BANDS
    return dict(zip(PARTS, (counts * np.cos(angles), -counts * np.sin(angles)), strict=True))


def filter_maxima(graph: GraphBuilder, spectrum: str, kernel: np.ndarray) -> str:
    """Maxima over bands, [patch, channel, frame, 1].

    spectrum: what band_spectrum returns. kernel: float64 [frame, band, channel].
    """
    frames, height, channels = kernel.shape
    positions = BANDS - height + 1
    middle = (positions - 1) / 2
    filters = _filter_spectra(kernel, middle)
    transforms = {
        part: graph.constant(matrix)
        for part, matrix in _inverse_transforms(positions, middle).items()
    }
    maxima = []
    for start in range(0, channels, CHUNK):
        halves = []
        for part in PARTS:
            chunk = filters[part][:, start : start + CHUNK]
            shape = [0, BINS, chunk.shape[1] * FRAMES]
            weights, padding = chunk.reshape(-1, 2, frames), [frames // 2, frames // 2]
            products = graph.apply("Conv", spectrum, weights, group=BINS, pads=padding)
            products = graph.apply("Reshape", products, shape)
            halves.append(graph.apply("MatMul", transforms[part], products))
        even, odd = halves
        largest = graph.apply("Add", even, graph.apply("Abs", odd))
        maximum = graph.apply("ReduceMax", largest, [1], keepdims=0)
        maxima.append(graph.apply("Reshape", maximum, [0, -1, FRAMES, 1]))
    return graph.apply("Concat", *maxima, axis=1)
