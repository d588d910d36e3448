"""The networks of musicnn as one ONNX graph, from patches to activations."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from musicregion.features.musicnn_network import BANDS, FRAMES, Weights
from musicregion.features.onnx_graph import GraphBuilder
from musicregion.features.timbral_filters import band_spectrum, filter_maxima

EPSILON = 1e-3  # of the variances in batch normalisation
BLOCK = 16  # ONNX Runtime's convolutions are fastest with multiples of so many channels


def numbered(kind: str, number: int) -> str:
    """The name of a layer in the checkpoints."""
    return f"{kind}_{number}" if number else kind


def normalization(weights: Weights, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Scale and shift, float64 [channel], that a batch normalisation amounts to."""
    name = numbered("batch_normalization", number)
    gamma, beta, mean, variance = (
        weights[f"{name}/{part}"].astype("float64")
        for part in ("gamma", "beta", "moving_mean", "moving_variance")
    )
    scale = gamma / np.sqrt(variance + EPSILON)
    return scale, beta - mean * scale


def scale_and_shift(graph: GraphBuilder, value: str, scale: np.ndarray, shift: np.ndarray) -> str:
    """The value [patch, channel, ...], scaled and shifted by arrays [channel]."""
    column = (-1, 1, 1)
    return graph.apply(
        "Add", graph.apply("Mul", value, scale.reshape(column)), shift.reshape(column)
    )


def temporal_maxima(graph: GraphBuilder, image: str, kernel: np.ndarray) -> str:
    """Maxima over bands, [patch, channel, frame, 1], of a kernel [frame, 1, channel]."""
    before = (len(kernel) - 1) // 2
    padding = [before, 0, len(kernel) - 1 - before, 0]
    filtered = graph.apply("Conv", image, kernel.transpose(2, 1, 0)[..., None], pads=padding)
    return graph.apply("ReduceMax", filtered, [3])


def front_end(graph: GraphBuilder, weights: Weights) -> str:
    """561 channels, [patch, channel, frame, 1]: five kinds of filters, their maxima over bands."""
    scale, shift = normalization(weights, 0)
    mel = graph.apply("Add", graph.apply("Mul", "input", scale), shift)
    spectrum = band_spectrum(graph, mel)
    image = graph.apply("Unsqueeze", mel, [1])
    channels = []
    for number in range(5):  # two with timbral filters, high in frequency; three temporal ones
        name = numbered("conv2d", number)
        scale, shift = normalization(weights, number + 1)
        # The maximum is taken before bias, rectifier and normalisation, which keep the order, or
        # reverse it where the scale is negative.
        sign = np.where(scale < 0, -1.0, 1.0)
        kernel = weights[f"{name}/kernel"][:, :, 0].astype("float64") * sign
        if kernel.shape[1] > 1:
            maxima = filter_maxima(graph, spectrum, kernel)
        else:
            maxima = temporal_maxima(graph, image, kernel)
        rectified = graph.apply(
            "Relu", scale_and_shift(graph, maxima, sign, weights[f"{name}/bias"])
        )
        channels.append(scale_and_shift(graph, rectified, scale, shift))
    return graph.apply("Concat", *channels, axis=1)


def middle_layer(graph: GraphBuilder, channels: str, weights: Weights, number: int) -> str:
    """A convolution over time: [patch, channel, frame, 1] to 64 channels."""
    name = numbered("conv2d", number)
    kernel = weights[f"{name}/kernel"][:, :, 0].transpose(2, 1, 0)[..., None]
    if missing := -kernel.shape[1] % BLOCK:
        channels = graph.apply("Pad", channels, [0, 0, 0, 0, 0, missing, 0, 0])
        kernel = np.pad(kernel, ((0, 0), (0, missing), (0, 0), (0, 0)))
    half = kernel.shape[2] // 2
    filtered = graph.apply(
        "Conv", channels, kernel, weights[f"{name}/bias"], pads=[half, 0, half, 0]
    )
    scale, shift = normalization(weights, number + 1)
    return scale_and_shift(graph, graph.apply("Relu", filtered), scale, shift)


def activations(graph: GraphBuilder, weights: Weights) -> list[str]:
    """The mean, then the maximum, over time of the front end and of three middle layers."""
    layers = [front_end(graph, weights)]
    for number in (5, 6, 7):
        layer = middle_layer(graph, layers[-1], weights, number)
        layers.append(layer if number == 5 else graph.apply("Add", layer, layers[-1]))
    channels = graph.apply("Concat", *layers, axis=1)
    return [graph.apply(name, channels, [2, 3], keepdims=0) for name in ("ReduceMean", "ReduceMax")]


def write_graph(networks: Sequence[Weights], path: Path) -> None:
    """Write networks to `path`: from patches [patch, frame, band] to activations [patch, channel].

    The activations of the networks are side by side, 1506 of each.
    """
    graph = GraphBuilder()
    outputs = [output for weights in networks for output in activations(graph, weights)]
    graph.write(path, (FRAMES, BANDS), graph.apply("Concat", *outputs, axis=1))
