"""Exports trained models to ONNX, which predicts without importing TensorFlow or scikit-learn.

Keras and skl2onnx convert them; models.onnx_model runs them.
"""

import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from musicregion.compute.silence import silence
from musicregion.models.onnx_files import write_graph

if TYPE_CHECKING:
    import keras
    from sklearn.pipeline import Pipeline


OPSET = 18


def replace_normalization(model: "keras.Model") -> "keras.Model":
    """A copy with BatchNormalization for Normalization, whose constants the converter loses.

    In inference, batch normalisation is the same function, with its constants as weights.
    """
    import keras
    from keras import layers

    def copy_layer(layer: "keras.Layer") -> "keras.Layer":
        if isinstance(layer, layers.Normalization):
            return layers.BatchNormalization(center=False, scale=False, epsilon=0, name=layer.name)
        return type(layer).from_config(layer.get_config())

    copy = keras.models.clone_model(model, clone_function=copy_layer)
    for layer, layer_copy in zip(model.layers, copy.layers, strict=True):
        if isinstance(layer, layers.Normalization):
            variance = np.maximum(layer.variance, keras.config.epsilon() ** 2)  # as the layer does
            layer_copy.set_weights([np.ravel(layer.mean), np.ravel(variance)])
        else:
            layer_copy.set_weights(layer.get_weights())
    return copy


def export_keras(model: "keras.Model", path: Path) -> None:
    """Write a network with one input array and one output array to `path`."""
    import onnx

    copy = replace_normalization(model)
    shape = copy.input_shape[1:]
    copy(np.zeros((1, *shape), "float32"))  # without it, the converter misses the batch axis
    with tempfile.TemporaryDirectory() as folder, silence():
        copy.export(f"{folder}/draft.onnx", format="onnx", verbose=False, opset_version=OPSET)
        graph = onnx.load(f"{folder}/draft.onnx")
    write_graph(graph, path)


def export_sklearn(model: "Pipeline", path: Path) -> None:
    """Write a classifier of statistics [n, statistic] to `path`; it returns [n, region].

    These are probabilities, or the softmax of margins where the classifier has none, as
    models.sklearn_model computes it.
    """
    import onnx
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType

    inputs = [("statistics", FloatTensorType([None, model.n_features_in_]))]
    with warnings.catch_warnings(category=FutureWarning, action="ignore"):  # of a deprecated field
        converted = to_onnx(model, initial_types=inputs, options={id(model): {"zipmap": False}})
    graph = converted.graph
    _, scores = graph.output  # the first is the predicted label
    del graph.output[:]
    if hasattr(model, "predict_proba"):
        graph.output.append(scores)
    else:
        # for two regions the converter returns the margins of the first and the second, swapped
        operator = "Neg" if len(model.classes_) == 2 else "Identity"
        graph.node.append(onnx.helper.make_node(operator, [scores.name], ["margins"]))
        softmax = onnx.helper.make_node("Softmax", ["margins"], ["softmax"], axis=1)
        graph.node.append(softmax)
        shape: list[str | int | None] = ["n", len(model.classes_)]
        graph.output.append(
            onnx.helper.make_tensor_value_info("softmax", onnx.TensorProto.FLOAT, shape)
        )
    write_graph(converted, path)
