"""Predicts the next token with the graph of decoder_graph, in ONNX Runtime.

TensorFlow takes seconds to import, and is slower by far for one token: `python -m
benchmarks.decoder`.
"""

import numpy as np

from musicregion.composition.decoder_graph import POSITIONS, TOKENS
from musicregion.errors import ModelError


class CachedDecoder:
    """The transformer as a function of a growing sequence."""

    def __init__(self, graph: bytes) -> None:
        """Load a graph of decoder_graph.

        Raises:
            ModelError: it is damaged.
        """
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # several tries at a song run at a time
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3  # errors
        try:
            self.session = onnxruntime.InferenceSession(graph, options)
        except Exception as error:  # ONNX Runtime's errors have no other base
            raise ModelError(f"The decoder is damaged ({error})") from None
        inputs = self.session.get_inputs()[2:]
        self.sequence: list[int] = []  # the tokens in the cache
        self.cache = {  # keys and values of each block, [1, head, token, size]
            value.name: np.zeros((1, value.shape[1], 0, value.shape[3]), "float32")
            for value in inputs
        }

    def __call__(self, sequence: np.ndarray) -> np.ndarray:
        """Probabilities of the next token, [token]; only tokens not in the cache are evaluated."""
        known = np.array(self.sequence[: len(sequence) - 1])
        differs = np.flatnonzero(known != sequence[: len(known)])
        start = int(differs[0]) if len(differs) else len(known)
        if start < len(self.sequence):
            self.cache = {name: part[:, :, :start] for name, part in self.cache.items()}
        new = sequence[None, start:].astype("int64")
        positions = np.arange(start, len(sequence))[None]
        odds, *cache = self.session.run(None, {TOKENS: new, POSITIONS: positions, **self.cache})
        self.cache = dict(zip(self.cache, cache, strict=True))
        self.sequence = sequence.tolist()
        return odds
