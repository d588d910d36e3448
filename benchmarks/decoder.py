"""`python -m benchmarks.decoder`: how fast the model of notes predicts tokens, in three ways.

A network of the size of compose, with random weights, on which its speed does not depend, predicts
each next token of a real tune. ONNX Runtime and NumPy keep the keys and values of earlier tokens,
and have one thread, since tries at a song run at a time; Keras evaluates the whole sequence for
each token, as `predict` does, and has all cores. Writes benchmarks/results/decoder.json.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.numpy_decoder import NumpyDecoder
from benchmarks.report import RESULTS, print_source, print_table, write_json
from musicregion.command import run
from musicregion.composition import tokens, vocabulary
from musicregion.composition.cached_decoder import CachedDecoder
from musicregion.composition.decoder_graph import decoder_graph
from musicregion.composition.sampling import NextToken
from musicregion.composition.transformer import LENGTH, build_transformer
from musicregion.config import params
from musicregion.config.params import Params

if TYPE_CHECKING:
    import keras

TABLE = RESULTS / "decoder.json"
ROUNDS = 5  # the ways in turn; the median counts
KERAS_TOKENS = 20  # that Keras predicts, evenly over the tune
Ways = dict[str, tuple[Callable[[], NextToken], int]]  # how to load it, tokens from call to call


def longest_tune(settings: Params) -> tuple[np.ndarray, int]:
    """The tokens of the longest tune of the corpus that fits, and the number of all tokens."""
    from musicregion.composition.pieces import true_pieces

    pieces = true_pieces(settings)
    regions = sorted({piece.region for piece in pieces})
    sequences = [tokens.encode(piece, regions)[:LENGTH] for piece in pieces]
    return max(sequences, key=len), len(vocabulary.token_ids(regions))


def keras_decoder(model: "keras.Model") -> NextToken:
    """Keras's predict; all sequences have LENGTH tokens, so that it is compiled once."""

    def next_token(sequence: np.ndarray) -> np.ndarray:
        padded = np.zeros((1, LENGTH), "int32")
        padded[0, : len(sequence)] = sequence
        logits = model.predict(padded, verbose=0)[0, len(sequence) - 1]
        odds = np.exp(logits - logits.max())
        return odds / odds.sum()

    return next_token


def predict_tune(next_token: NextToken, tune: np.ndarray, step: int) -> tuple[float, np.ndarray]:
    """Tokens a second, and the last prediction. step: tokens from one prediction to the next."""
    next_token(tune[: tokens.PREFIX])  # not timed: whatever the first call prepares
    lengths = range(tokens.PREFIX + 1, len(tune), step)
    start = time.perf_counter()
    for length in lengths:
        next_token(tune[:length])
    return len(lengths) / (time.perf_counter() - start), next_token(tune)


def measure_ways(ways: Ways, tune: np.ndarray) -> list[dict]:
    """Rows: way, tokens_a_second, and difference, the largest from the last way's probabilities."""
    from threadpoolctl import threadpool_limits

    speeds: dict[str, list[float]] = {way: [] for way in ways}
    last = {}
    for _ in range(ROUNDS):
        for way, (load, step) in ways.items():
            with threadpool_limits(1):  # of NumPy
                speed, last[way] = predict_tune(load(), tune, step)
            speeds[way].append(speed)
    expected = last[way]
    return [
        {
            "way": way,
            "tokens_a_second": round(float(np.median(speeds[way]))),
            "difference": float(f"{np.abs(last[way] - expected).max():.1e}"),
        }
        for way in ways
    ]


def format_row(row: dict) -> list[str]:
    """The cells of a row of the table."""
    return [row["way"], str(row["tokens_a_second"]), f"{row['difference']:.0e}"]


def main() -> None:
    settings = params.load_for_command(__doc__)
    tune, size = longest_tune(settings)
    model = build_transformer(size, settings.compose)
    weights, heads = model.get_weights(), settings.compose.heads
    graph = decoder_graph(weights, heads)
    ways: Ways = {
        "ONNX Runtime": (lambda: CachedDecoder(graph), 1),
        "NumPy": (lambda: NumpyDecoder(weights, heads), 1),
        "Keras, predict": (lambda: keras_decoder(model), max(1, len(tune) // KERAS_TOKENS)),
    }
    rows = measure_ways(ways, tune)
    write_json(TABLE, {"tokens": len(tune), "weights": model.count_params(), "rows": rows})
    print(f"A tune of {len(tune)} tokens, a network of {model.count_params()} weights:\n")
    titles = "way", "tokens a second", "largest difference from Keras"
    print_table(titles, map(format_row, rows))
    print_source("decoder", TABLE)


if __name__ == "__main__":
    run(main)
