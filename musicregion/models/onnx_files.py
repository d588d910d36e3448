"""Writes ONNX graphs to files; equal models are equal files."""

from pathlib import Path
from typing import TYPE_CHECKING

from musicregion.storage.files import writing

if TYPE_CHECKING:
    import onnx


NETWORK = "network.onnx"  # in a model folder: the trained network


def member_file(folder: Path, kind: str, unit: str) -> Path:
    """An estimator of a model folder, of statistics of songs or segments ("song", "segment")."""
    return folder / f"{kind}_{unit}.onnx"


def pretrained_file(folder: Path, kind: str) -> Path:
    """The pretrained network of a model folder, which some kinds of features need."""
    return folder / f"{kind}.onnx"


def topological_order(graph: "onnx.GraphProto") -> "list[onnx.NodeProto]":
    """The nodes that the outputs need, each after those that it needs itself.

    Found depth first from the outputs, so that equal graphs have equal orders.
    """
    producers = {name: node for node in graph.node for name in node.output}
    order: dict[str, onnx.NodeProto] = {}  # by first output

    def visit(name: str) -> None:
        node = producers.get(name)
        if node is not None and node.output[0] not in order:
            for input_name in node.input:
                visit(input_name)
            order[node.output[0]] = node

    for value in graph.output:
        visit(value.name)
    return list(order.values())


def canonicalise(model: "onnx.ModelProto") -> None:
    """Rename nodes and values after their positions, in place; converters number across models.

    The input is named "input", the outputs "output0", "output1" and so on; all have a first axis
    named "n".
    """
    # skl2onnx lists operator sets in the order of a Python set
    opsets = sorted(model.opset_import, key=lambda opset: opset.domain)
    copies = [type(opset).FromString(opset.SerializeToString()) for opset in opsets]
    del model.opset_import[:]
    model.opset_import.extend(copies)
    graph = model.graph
    graph.doc_string = ""
    nodes = topological_order(graph)
    names = {"": ""} | {value.name: "input" for value in graph.input}
    names |= {value.name: f"output{index}" for index, value in enumerate(graph.output)}
    for index, node in enumerate(nodes):
        node.name = f"node{index}"
        for values in (node.input, node.output):
            values[:] = [names.setdefault(name, f"value{len(names)}") for name in values]
    constants = [value for value in graph.initializer if value.name in names]
    for value in (*graph.input, *graph.output, *constants):
        value.name = names[value.name]
    for value in (*graph.input, *graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "n"
    constants.sort(key=lambda value: value.name)
    for field, items in (
        (graph.node, nodes),
        (graph.initializer, constants),
        (graph.value_info, []),
    ):
        copies = [type(item).FromString(item.SerializeToString()) for item in items]
        del field[:]  # and with it the originals, which is why there are copies
        field.extend(copies)


def write_graph(model: "onnx.ModelProto", path: Path) -> None:
    """Write a model to `path` atomically. It is canonicalised in place."""
    canonicalise(model)
    with writing(path) as part:
        part.write_bytes(model.SerializeToString(deterministic=True))
