"""Predicts an audio file, and draws it: all that a page shows of a song.

Light to import, for a process that has other processes do the work.
"""

from pathlib import Path

from musicregion.inference.examined_song import ExaminedSong


def examine_file(folder: Path, song: Path, longest: float = float("inf")) -> ExaminedSong:
    """Predict an audio file with the model in a folder, and draw it.

    longest: seconds.

    Raises:
        Undecodable: the file is not audio, silent, too short, or longer than `longest`.
        ModelError: there is no complete model in the folder.
    """
    from musicregion.inference.examine_song import examine_song
    from musicregion.inference.predictor import load_predictor

    return examine_song(load_predictor(folder), song, longest)
