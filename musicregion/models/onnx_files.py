"""ONNX graphs as files: equal models are equal files."""

from pathlib import Path
from typing import TYPE_CHECKING

from musicregion.storage.files import writing

if TYPE_CHECKING:
    import onnx


# files of a model folder, by what the network or estimator in it hears
FEATURES = "features.onnx"
MEMBERS = {"segment": "segment.onnx", "song": "song.onnx"}  # statistics of one or the other
PATCHES = "patches.onnx"  # the pretrained network, where the features are its activations


def topological_order(graph: "onnx.GraphProto") -> "list[onnx.NodeProto]":
    """The nodes, each after those that it needs, found from the outputs: one order, not any."""
    makers = {name: node for node in graph.node for name in node.output}
    order: dict[str, onnx.NodeProto] = {}  # by first output

    def visit(name: str) -> None:
        node = makers.get(name)
        if node is not None and node.output[0] not in order:
            for needed in node.input:
                visit(needed)
            order[node.output[0]] = node

    for value in graph.output:
        visit(value.name)
    return list(order.values())


def canonicalise(model: "onnx.ModelProto") -> None:
    """Number nodes and values by their place, in place: converters count on between models.

    The input becomes "input", outputs "output" and a number, on an axis named "n".
    """
    opsets = sorted(model.opset_import, key=lambda one: one.domain)  # skl2onnx keeps them in a set
    copies = [type(one).FromString(one.SerializeToString()) for one in opsets]
    del model.opset_import[:]
    model.opset_import.extend(copies)
    graph = model.graph
    graph.doc_string = ""
    nodes = topological_order(graph)
    names = {"": ""} | {value.name: "input" for value in graph.input}
    names |= {value.name: f"output{place}" for place, value in enumerate(graph.output)}
    for place, node in enumerate(nodes):
        node.name = f"node{place}"
        for values in (node.input, node.output):
            values[:] = [names.setdefault(name, f"value{len(names)}") for name in values]
    constants = [value for value in graph.initializer if value.name in names]
    for value in (*graph.input, *graph.output, *constants):
        value.name = names[value.name]
    for value in (*graph.input, *graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "n"
    constants.sort(key=lambda value: value.name)
    for kept, own in ((graph.node, nodes), (graph.initializer, constants), (graph.value_info, [])):
        copies = [type(value).FromString(value.SerializeToString()) for value in own]
        del kept[:]
        kept.extend(copies)


def write_graph(graph: "onnx.ModelProto", path: Path) -> None:
    """Write a graph to `path`, whole or not at all."""
    canonicalise(graph)
    with writing(path) as part:
        part.write_bytes(graph.SerializeToString(deterministic=True))
