"""`musicregion listen STREAM`: what it sounds like now, as bars in the terminal, every second.

STREAM is a file, the link of a stream, or - for standard input, so also a microphone:

    musicregion listen song.mp3
    musicregion listen http://radio.example.org/live.mp3
    arecord -f cd -t wav | musicregion listen -

Each second is judged with those before it, as many as a window of the model has. Ctrl-C ends it.
"""

import argparse
import shutil
import sys
from collections.abc import Iterable, Iterator

import numpy as np

from app.model_location import MODEL_HELP, locate_model
from musicregion.audio.decode import decode_stream
from musicregion.errors import Undecodable
from musicregion.inference.predict_song import predict_probabilities, rank_regions
from musicregion.inference.predictor import Predictor, load_predictor


def last_windows(blocks: Iterable[np.ndarray], rate: int, window: float) -> Iterator[np.ndarray]:
    """The last `window` seconds [sample], after each second of a stream of blocks [sample].

    rate: Hz. Until there are so many seconds, what there is, looped.
    """
    length = round(window * rate)
    heard, fresh = np.empty(0, "float32"), 0
    for block in blocks:
        for part in np.array_split(block, len(block) // rate + 1):
            heard = np.concatenate([heard, part])[-length:]
            fresh += len(part)
            if fresh >= rate:
                fresh -= rate
                yield np.resize(heard, length)


def draw_bars(found: dict[str, float], width: int) -> list[str]:
    """A line for each region, in the order of their names; width: of a line, in letters."""
    longest = max(map(len, found))
    room = max(10, width - longest - 8)
    return [
        f"{name:<{longest}} {'█' * round(found[name] * room):<{room}} {found[name]:.2f}"
        for name in sorted(found)
    ]


def predict_stream(model: Predictor, address: str) -> Iterator[dict[str, float]]:
    """The probability of each region after each second of a stream."""
    settings = model.section("segment")
    rate = settings.sample_rate
    for window in last_windows(decode_stream(address, rate), rate, settings.window):
        _, segments = predict_probabilities(model, model.features(iter([window])))
        yield rank_regions(model, segments[0])


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="musicregion listen",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("stream", metavar="STREAM", help="a file, a link, or -")
    parser.add_argument("--model", default="models", help=MODEL_HELP)
    chosen = parser.parse_args(arguments)
    address = "pipe:0" if chosen.stream == "-" else chosen.stream
    shown = 0
    with locate_model(chosen.model) as folder:
        model = load_predictor(folder)
        try:
            for found in predict_stream(model, address):
                lines = draw_bars(found, min(80, shutil.get_terminal_size().columns))
                if sys.stdout.isatty() and shown:
                    print(f"\x1b[{shown}A", end="")  # over the last ones
                start = "\x1b[2K" if sys.stdout.isatty() else ""  # an empty line
                print("\n".join(start + line for line in lines), flush=True)
                shown = len(lines)
        except KeyboardInterrupt:
            return
        except Undecodable as error:
            raise Undecodable(f"{chosen.stream}: {error}") from None
    if not shown:
        raise Undecodable(f"{chosen.stream}: less than a second of sound")
