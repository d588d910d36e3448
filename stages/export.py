"""A trained model as ONNX, which answers without TensorFlow's and scikit-learn's seconds of import.

Keras and skl2onnx write it; ONNX Runtime reads it, see app.model. Equal models are equal files.
"""

import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from stages import atomic
from stages.silence import silence

if TYPE_CHECKING:
    import keras
    import onnx
    from sklearn.pipeline import Pipeline

# files of a model folder, by what the network or estimator in it hears
FEATURES = "features.onnx"
MEMBERS = {"segment": "segment.onnx", "song": "song.onnx"}  # statistics of one or the other
PATCHES = "patches.onnx"  # the pretrained network, where the features are its activations
OPSET = 18


def in_order(graph: "onnx.GraphProto") -> "list[onnx.NodeProto]":
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


def timeless(model: "onnx.ModelProto") -> None:
    """Number nodes and values by their place, in place: converters count on between models.

    The input becomes "input", outputs "output" and a number, on an axis named "n".
    """
    opsets = sorted(model.opset_import, key=lambda one: one.domain)  # skl2onnx keeps them in a set
    copies = [type(one).FromString(one.SerializeToString()) for one in opsets]
    del model.opset_import[:]
    model.opset_import.extend(copies)
    graph = model.graph
    graph.doc_string = ""
    nodes = in_order(graph)
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


def write(graph: "onnx.ModelProto", path: Path) -> None:
    """Write a graph to `path`, whole or not at all."""
    timeless(graph)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(path.name + ".part")
    aside.write_bytes(graph.SerializeToString(deterministic=True))
    atomic.replace(aside, path)


def plain(model: "keras.Model") -> "keras.Model":
    """The same network for a converter, which loses the constants of Normalization.

    Batch normalisation at rest is the same function, with weights.
    """
    import keras
    from keras import layers

    def cloned(layer: "keras.Layer") -> "keras.Layer":
        if isinstance(layer, layers.Normalization):
            return layers.BatchNormalization(center=False, scale=False, epsilon=0, name=layer.name)
        return type(layer).from_config(layer.get_config())

    twin = keras.models.clone_model(model, clone_function=cloned)
    for layer, own in zip(model.layers, twin.layers, strict=True):
        if isinstance(layer, layers.Normalization):
            variance = np.maximum(layer.variance, keras.config.epsilon() ** 2)  # as the layer does
            own.set_weights([np.ravel(layer.mean), np.ravel(variance)])
        else:
            own.set_weights(layer.get_weights())
    return twin


def network(model: "keras.Model", path: Path) -> None:
    """Write a network whose input and output are one array each."""
    import onnx

    twin = plain(model)
    shape = twin.input_shape[1:]
    twin(np.zeros((1, *shape), "float32"))  # or else the converter does not know the batch's axis
    with tempfile.TemporaryDirectory() as folder, silence():
        twin.export(f"{folder}/draft.onnx", format="onnx", verbose=False, opset_version=OPSET)
        graph = onnx.load(f"{folder}/draft.onnx")
    write(graph, path)


def estimator(model: "Pipeline", path: Path) -> None:
    """Write a classifier of statistics [n, statistic] as its probabilities [n, region].

    Of margins, where it knows no probabilities, the softmax, as stages.statistical has it.
    """
    import onnx
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType

    given = [("statistics", FloatTensorType([None, model.n_features_in_]))]
    with warnings.catch_warnings(category=FutureWarning, action="ignore"):  # of a deprecated field
        found = to_onnx(model, initial_types=given, options={id(model): {"zipmap": False}})
    _, scores = found.graph.output  # the first is the answer itself
    del found.graph.output[:]
    if hasattr(model, "predict_proba"):
        found.graph.output.append(scores)
    else:
        # of two regions the converter gives the margins of the first and the second, exchanged
        kind = "Neg" if len(model.classes_) == 2 else "Identity"
        found.graph.node.append(onnx.helper.make_node(kind, [scores.name], ["margins"]))
        softmax = onnx.helper.make_node("Softmax", ["margins"], ["softmax"], axis=1)
        found.graph.node.append(softmax)
        shape = ["n", len(model.classes_)]
        found.graph.output.append(
            onnx.helper.make_tensor_value_info("softmax", onnx.TensorProto.FLOAT, shape)
        )
    write(found, path)


def listener(networks: tuple[str, ...], path: Path) -> None:
    """Write what makes musicnn's activations [patch, channel] of patches [patch, frame, band]."""
    import keras

    from stages import pretrained

    values = pretrained.weights(pretrained.WEIGHTS)
    models = [pretrained.network(values[name]) for name in networks]
    patches = keras.Input(models[0].input_shape[1:])
    heard = [model(patches)[0] for model in models]
    joined = keras.ops.concatenate(heard, axis=1) if len(heard) > 1 else heard[0]
    network(keras.Model(patches, joined), path)
