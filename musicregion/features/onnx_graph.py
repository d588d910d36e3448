"""Builds ONNX graphs node by node; equal graphs are equal files."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from musicregion.storage.files import writing

if TYPE_CHECKING:
    import onnx

OPSET, IR_VERSION = 18, 8


class GraphBuilder:
    """Collects the nodes and constants of a graph; values are known by their names."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, values: np.ndarray | list[int]) -> str:
        """Name of a constant: float32 from an array, int64 from a list."""
        from onnx import numpy_helper

        array = np.array(
            values, "float32" if isinstance(values, np.ndarray) else "int64", order="C"
        )
        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def apply(self, operator: str, *inputs: str | np.ndarray | list[int], **attributes: Any) -> str:  # noqa: ANN401
        """Name of an operator's output; arrays and lists among its inputs become constants."""
        from onnx import helper

        names = [value if isinstance(value, str) else self.constant(value) for value in inputs]
        output = f"value{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, names, [output], **attributes))
        return output

    def model(
        self,
        name: str,
        inputs: "Sequence[onnx.ValueInfoProto]",
        outputs: "Sequence[onnx.ValueInfoProto]",
        opset: int = OPSET,
        ir_version: int = IR_VERSION,
    ) -> bytes:
        """The graph with these inputs and outputs, as an ONNX file holds it."""
        import onnx
        from onnx import helper

        graph = helper.make_graph(self.nodes, name, inputs, outputs, self.constants)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir_version
        )
        onnx.checker.check_model(model, full_check=True)
        return bytes(model.SerializeToString(deterministic=True))

    def write(self, path: Path, shape: Sequence[int], output: str) -> None:
        """Write the graph, from "input" float32 [n, *shape] to the value `output` [n, channel]."""
        from onnx import TensorProto, helper

        model = self.model(
            path.stem,
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["n", *shape])],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["n", None])],
        )
        with writing(path) as part:
            part.write_bytes(model)
