"""`musicregion fetch-weights` fetches the weights of the pretrained networks, to work offline.

Those are musicnn (28 MB, for features: musicnn) and Basic Pitch (0.2 MB, for transcribe), from the
Python Package Index, checked by their hashes. Stages that need them fetch them too.

    musicregion fetch-weights
"""

import argparse

from musicregion.features import musicnn_network
from musicregion.storage import paths
from musicregion.transcription import basic_pitch


def main(arguments: list[str]) -> None:
    """Run the command."""
    argparse.ArgumentParser(
        prog="musicregion fetch-weights",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args(arguments)
    musicnn_network.load_weights(paths.MUSICNN_WEIGHTS)
    basic_pitch.fetch_weights(paths.BASIC_PITCH_WEIGHTS)
    print(f"{paths.MUSICNN_WEIGHTS}\n{paths.BASIC_PITCH_WEIGHTS}")
