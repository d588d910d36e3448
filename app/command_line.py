"""The console command: `musicregion COMMAND`, and `musicregion COMMAND --help` to learn more."""

import argparse
import sys
from importlib import import_module

from musicregion.command import run

COMMANDS = {  # by name: the module, and what it does
    "predict": ("app.predict", "predict which region songs belong to"),
    "listen": ("app.listen", "predict a stream or a microphone, second by second"),
    "web": ("app.web", "serve a page on which to predict songs and make new ones"),
    "generate": ("app.generate", "make new songs for a region"),
    "table": ("app.table", "list all experiments with their accuracies, the best first"),
    "compare-models": ("app.compare_models", "train four models, and say which is better"),
    "compare": ("app.compare", "test whether one run is better than another"),
    "ui": ("app.ui", "open MLflow on a leaderboard of the runs"),
    "log": ("app.log_runs", "log trainings that DVC holds and MLflow does not"),
    "promote": ("app.promote", "make the best run the champion"),
    "verify": ("app.verify", "compare the data with those of the commit"),
    "send": ("app.send_runs", "send runs that MLflow's server could not take earlier"),
    "fetch-weights": ("app.fetch_weights", "fetch the weights of the pretrained networks"),
    "store": ("app.store", "print the address of MLflow's store"),
}
EXAMPLES = """examples:
  musicregion predict song.mp3
  musicregion generate --region ireland
  musicregion predict --help
"""


def main() -> None:
    """Run the command that the arguments name; without arguments, print the help."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {summary}" for name, (_, summary) in COMMANDS.items()]
    parser = argparse.ArgumentParser(
        prog="musicregion",
        description="Predicts which region a piece of music belongs to. `dvc repro` trains it.",
        epilog="\n".join(["commands:", *lines, "", EXAMPLES]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND", help="one of those below")
    arguments = sys.argv[1:]
    if not arguments:
        parser.print_help(sys.stderr)
        sys.exit(2)  # as for other wrong usage
    chosen = parser.parse_args(arguments[:1])
    module, _ = COMMANDS[chosen.command]
    run(lambda: import_module(module).main(arguments[1:]))
