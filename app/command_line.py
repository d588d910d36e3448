"""`musicregion COMMAND`: what a user starts. `musicregion COMMAND --help` teaches each command."""

import argparse
import sys
from importlib import import_module

from musicregion.command import run

COMMANDS = {  # by name: its module, and what it does
    "predict": ("app.predict", "which region does a song belong to?"),
    "listen": ("app.listen", "the regions of a stream or microphone, second by second"),
    "web": ("app.web", "a page on which to drop a song, record one, or make a new one"),
    "generate": ("app.generate", "new songs that sound like a region"),
    "compare": ("app.compare", "is one run better than another, or is it noise?"),
    "promote": ("app.promote", "make the best run the champion"),
    "send": ("app.send_runs", "send the runs that MLflow's server could not take"),
    "fetch-weights": ("app.fetch_weights", "fetch the pretrained networks' weights"),
    "store": ("app.store", "print the address of MLflow's store, for other programs"),
}


def main() -> None:
    """The console command."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {text}" for name, (_, text) in COMMANDS.items()]
    parser = argparse.ArgumentParser(
        prog="musicregion",
        description="Which region does a piece of music belong to? Trained by `dvc repro`.",
        epilog="commands:\n" + "\n".join(lines) + "\n\n`musicregion COMMAND --help` says more.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND", help="one of those below")
    chosen = parser.parse_args(sys.argv[1:2])
    module, _ = COMMANDS[chosen.command]
    run(lambda: import_module(module).main(sys.argv[2:]))
