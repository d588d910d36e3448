"""Predicts a file; light to import, for whoever has other processes predict."""

from pathlib import Path

from musicregion.inference.prediction import SongPrediction


def predict_file(
    folder: Path, song: Path, longest: float = float("inf"), threads: int = 1
) -> SongPrediction:
    """What the model in a folder says of an audio file.

    longest: seconds. threads: of a network; one where several songs are heard at once.

    Raises:
        Undecodable: not audio, silent, too short, or longer than `longest`.
        ModelError: there is no whole model in the folder.
    """
    from musicregion.inference.predict_song import predict_song
    from musicregion.inference.predictor import load_predictor

    return predict_song(load_predictor(folder, threads), song, longest)
