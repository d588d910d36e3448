"""`musicregion listen STREAM`: predicts a stream, every second, and shows bars in the terminal.

STREAM is a file, the link of a stream, or - for standard input, and so also a microphone:

    musicregion listen song.mp3
    musicregion listen http://radio.example.org/live.mp3
    arecord -f cd -t wav | musicregion listen -

The prediction is for the last seconds, as many as a segment of the model has. Below the bars is
"none of these" if they sound like no region, and the training songs that sound nearest. Ctrl-C ends
it. Where the output is not a terminal, each second prints these lines again.
"""

import argparse
from collections.abc import Iterable, Iterator

from rich.bar import Bar
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from app.model_location import MODEL_HELP, locate_model
from musicregion.audio.decode import decode_stream
from musicregion.errors import Undecodable
from musicregion.inference.predict_window import WindowPrediction, last_windows, predict_window
from musicregion.inference.prediction import describe_songs
from musicregion.inference.predictor import Predictor, load_predictor

WIDTH = 80  # characters of a line, at most


def bar_table(probabilities: dict[str, float], width: int) -> Table:
    """A line for each region, in alphabetical order. width: characters of a line."""
    table = Table.grid("name", "bar", "probability", padding=(0, 1, 0, 0))
    table.width = width
    name, bar, value = table.columns
    name.no_wrap = True  # a long one is cut, so that the bar stays
    bar.ratio, bar.min_width = 1, 10  # all that is left
    value.min_width = len("0.00")
    for region in sorted(probabilities):
        probability = probabilities[region]
        table.add_row(region, Bar(1, 0, probability), f"{probability:.2f}")
    return table


def lines_of(prediction: WindowPrediction, width: int) -> Group:
    """The bars, and below them what the window sounds like. width: characters of a line."""
    verdict = "sounds like: " if prediction.known else "none of these; the nearest: "
    songs = Text(verdict + describe_songs(prediction.nearest), no_wrap=True, overflow="ellipsis")
    return Group(bar_table(prediction.probabilities, width), songs)


def predict_stream(model: Predictor, address: str) -> Iterator[WindowPrediction]:
    """The prediction for the last seconds, after each second of a stream.

    Raises:
        Undecodable: the stream is not audio, or is shorter than a second.
    """
    settings = model.section("segment")
    rate = settings.sample_rate
    seconds = 0
    for window in last_windows(decode_stream(address, rate), rate, settings.window):
        seconds += 1
        yield predict_window(model, window)
    if not seconds:
        raise Undecodable("less than a second of sound")


def show(predictions: Iterable[WindowPrediction], console: Console) -> None:
    """Show predictions as bars: in place in a terminal, else one after the other."""
    width = min(WIDTH, console.width)
    if not console.is_terminal:
        for prediction in predictions:
            console.print(lines_of(prediction, width))
            console.file.flush()
        return
    with Live(console=console, auto_refresh=False) as live:
        for prediction in predictions:
            live.update(lines_of(prediction, width), refresh=True)


def main(arguments: list[str]) -> None:
    """Run the command.

    Raises:
        Undecodable: the stream is not audio, or is shorter than a second.
    """
    parser = argparse.ArgumentParser(
        prog="musicregion listen",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("stream", metavar="STREAM", help="a file, a link, or -")
    parser.add_argument("--model", default="models", help=MODEL_HELP)
    chosen = parser.parse_args(arguments)
    address = "pipe:0" if chosen.stream == "-" else chosen.stream
    with locate_model(chosen.model) as folder:
        try:
            show(predict_stream(load_predictor(folder), address), Console(highlight=False))
        except KeyboardInterrupt:
            return
        except Undecodable as error:
            raise Undecodable(f"{chosen.stream}: {error}") from None
