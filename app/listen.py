"""`python -m app.listen STREAM`: what it sounds like now, as bars in the terminal, every second.

STREAM is a file, the link of a stream, or - for standard input, so also a microphone:

    python -m app.listen song.mp3
    python -m app.listen http://radio.example.org/live.mp3
    arecord -f cd -t wav | python -m app.listen -

Each second is judged with those before it, as many as a window of the model has. Ctrl-C ends it.
"""

import argparse
import shutil
import sys
from collections.abc import Iterable, Iterator

import numpy as np

from app.locate import HELP, located
from app.model import Model, by_region, load, probabilities
from stages.audio import Undecodable, stream


def moments(blocks: Iterable[np.ndarray], rate: int, window: float) -> Iterator[np.ndarray]:
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


def bars(found: dict[str, float], width: int) -> list[str]:
    """A line for each region, in the order of their names; width: of a line, in letters."""
    longest = max(map(len, found))
    room = max(10, width - longest - 8)
    return [
        f"{name:<{longest}} {'█' * round(found[name] * room):<{room}} {found[name]:.2f}"
        for name in sorted(found)
    ]


def listen(model: Model, address: str) -> Iterator[dict[str, float]]:
    """The probability of each region after each second of a stream."""
    settings = model.section("segment")
    rate = settings.sample_rate
    for window in moments(stream(address, rate), rate, settings.window):
        _, segments = probabilities(model, model.features(iter([window])))
        yield by_region(model, segments[0])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("stream", metavar="STREAM", help="a file, a link, or -")
    parser.add_argument("--model", default="models", help=HELP)
    chosen = parser.parse_args()
    address = "pipe:0" if chosen.stream == "-" else chosen.stream
    shown = 0
    with located(chosen.model) as folder:
        model = load(folder)
        try:
            for found in listen(model, address):
                lines = bars(found, min(80, shutil.get_terminal_size().columns))
                if sys.stdout.isatty() and shown:
                    print(f"\x1b[{shown}A", end="")  # over the last ones
                start = "\x1b[2K" if sys.stdout.isatty() else ""  # an empty line
                print("\n".join(start + line for line in lines), flush=True)
                shown = len(lines)
        except KeyboardInterrupt:
            return
        except Undecodable as error:
            raise SystemExit(f"{chosen.stream}: {error}") from None
    if not shown:
        raise SystemExit(f"{chosen.stream}: less than a second of sound")


if __name__ == "__main__":
    main()
