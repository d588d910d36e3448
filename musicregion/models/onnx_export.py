"""A trained model as ONNX, which predicts without importing TensorFlow or scikit-learn.

Keras and skl2onnx write it; ONNX Runtime reads it, see models.onnx_model.
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


def without_normalization(model: "keras.Model") -> "keras.Model":
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


def export_keras(model: "keras.Model", path: Path) -> None:
    """Write a network whose input and output are one array each."""
    import onnx

    twin = without_normalization(model)
    shape = twin.input_shape[1:]
    twin(np.zeros((1, *shape), "float32"))  # or else the converter does not know the batch's axis
    with tempfile.TemporaryDirectory() as folder, silence():
        twin.export(f"{folder}/draft.onnx", format="onnx", verbose=False, opset_version=OPSET)
        graph = onnx.load(f"{folder}/draft.onnx")
    write_graph(graph, path)


def export_sklearn(model: "Pipeline", path: Path) -> None:
    """Write a classifier of statistics [n, statistic] as its probabilities [n, region].

    Of margins, where it knows no probabilities, the softmax, as models.sklearn_model has it.
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
    write_graph(found, path)


def export_musicnn(networks: tuple[str, ...], path: Path) -> None:
    """Write what makes musicnn's activations [patch, channel] of patches [patch, frame, band]."""
    import keras

    from musicregion.features import musicnn_network
    from musicregion.storage import paths

    values = musicnn_network.load_weights(paths.MUSICNN_WEIGHTS)
    models = [musicnn_network.build_network(values[name]) for name in networks]
    patches = keras.Input(models[0].input_shape[1:])
    heard = [model(patches)[0] for model in models]
    joined = keras.ops.concatenate(heard, axis=1) if len(heard) > 1 else heard[0]
    export_keras(keras.Model(patches, joined), path)
