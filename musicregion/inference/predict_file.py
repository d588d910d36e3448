"""Predicts an audio file with a model folder.

Light to import, for a process that has other processes do the work.
"""

from pathlib import Path

from musicregion.inference.prediction import SongPrediction


def predict_file(
    folder: Path, song: Path, longest: float = float("inf"), threads: int = 1
) -> SongPrediction:
    """Predict an audio file with the model in a folder.

    longest: seconds. threads: of ONNX Runtime; 1 where several songs are predicted at once.

    Raises:
        Undecodable: the file is not audio, silent, too short, or longer than `longest`.
        ModelError: there is no complete model in the folder.
    """
    from musicregion.inference.predict_song import predict_song
    from musicregion.inference.predictor import load_predictor

    return predict_song(load_predictor(folder, threads), song, longest)
