"""Writes the trained transformer as an ONNX graph, which evaluates the new tokens of a sequence.

The keys and values of the earlier tokens are inputs, those of all tokens outputs: without such a
cache every token costs a pass over the whole sequence.
"""

from typing import TYPE_CHECKING

import numpy as np

from musicregion.composition.transformer import EPSILON, LENGTH, rotary_angles
from musicregion.features.onnx_graph import GraphBuilder

if TYPE_CHECKING:
    import onnx

OPSET, IR_VERSION = 23, 11  # the first with attention as an operator
BLOCK_WEIGHTS = 12  # arrays of each block of the transformer
TOKENS, POSITIONS = "tokens", "positions"  # inputs, int64 [1, new token]
PROBABILITIES = "probabilities"  # of the token after the last one, [vocabulary]


def cache_names(blocks: int, stage: str) -> list[str]:
    """Of each block keys and values, [1, head, token, size]. stage: "past" or "present"."""
    return [f"{stage}_{kind}_{block}" for block in range(blocks) for kind in ("keys", "values")]


def _layer_norm(graph: GraphBuilder, state: str, scale: np.ndarray, offset: np.ndarray) -> str:
    return graph.apply("LayerNormalization", state, scale, offset, axis=-1, epsilon=EPSILON)


def _attend(
    graph: GraphBuilder, state: str, weights: list[np.ndarray], block: int, waves: list[str]
) -> str:
    """Causal self-attention of [1, new token, width]. waves: cosines and sines of the angles."""
    from onnx import helper

    *projections, project_out = weights
    width, heads, size = projections[0].shape
    query, key, value = (
        graph.apply("MatMul", state, kernel.reshape(width, width)) for kernel in projections
    )
    query, key = (
        graph.apply("RotaryEmbedding", vectors, *waves, POSITIONS, num_heads=heads)
        for vectors in (query, key)
    )
    attended = f"attended_{block}"
    past, present = (cache_names(block + 1, stage)[2 * block :] for stage in ("past", "present"))
    graph.nodes.append(
        helper.make_node(
            "Attention",
            [query, key, value, "", *past],
            [attended, *present],
            q_num_heads=heads,
            kv_num_heads=heads,
            is_causal=1,
        )
    )
    return graph.apply("MatMul", attended, project_out.reshape(heads * size, width))


def decoder_graph(weights: list[np.ndarray], heads: int) -> bytes:
    """The graph of a transformer, as an ONNX file holds it.

    weights: in the order of Keras's get_weights.
    """
    from onnx import TensorProto, helper

    embedding, *block_weights = weights[:-4]
    vocabulary, width = embedding.shape
    blocks = len(block_weights) // BLOCK_WEIGHTS
    graph = GraphBuilder()
    angles = rotary_angles(np.arange(LENGTH), width // heads)
    waves = [graph.constant(np.cos(angles)), graph.constant(np.sin(angles))]
    state = graph.apply("Gather", embedding, TOKENS)  # [1, new token, width]
    for block in range(blocks):
        start = BLOCK_WEIGHTS * block
        # norm, query, key, value and output of attention; norm and two layers with biases
        scale, offset, *attention, scale_2, offset_2, widen, bias, narrow, bias_2 = block_weights[
            start : start + BLOCK_WEIGHTS
        ]
        attended = _attend(graph, _layer_norm(graph, state, scale, offset), attention, block, waves)
        state = graph.apply("Add", state, attended)
        hidden = graph.apply("MatMul", _layer_norm(graph, state, scale_2, offset_2), widen)
        hidden = graph.apply("Relu", graph.apply("Add", hidden, bias))
        hidden = graph.apply("Add", graph.apply("MatMul", hidden, narrow), bias_2)
        state = graph.apply("Add", state, hidden)
    last = graph.apply("Squeeze", graph.apply("Gather", state, [-1], axis=1), [0, 1])  # [width]
    scale, offset, project, bias = weights[-4:]
    logits = graph.apply("MatMul", _layer_norm(graph, last, scale, offset), project)
    odds = graph.apply("Softmax", graph.apply("Add", logits, bias))
    graph.nodes.append(helper.make_node("Identity", [odds], [PROBABILITIES]))

    def floats(name: str, *shape: str | int) -> "onnx.ValueInfoProto":
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, [1, "new"])
        for name in (TOKENS, POSITIONS)
    ]
    size = width // heads
    inputs += [floats(name, 1, heads, "past", size) for name in cache_names(blocks, "past")]
    outputs = [floats(PROBABILITIES, vocabulary)]
    outputs += [floats(name, 1, heads, "all", size) for name in cache_names(blocks, "present")]
    return graph.model("decoder", inputs, outputs, OPSET, IR_VERSION)
