"""`mlflow models serve --env-manager local -m models:/region@champion` serves this model.

Each row of the input is a song: its file's bytes in `audio`, plain or as base64, or else its
`path` on the server. Each row of the output is a prediction, or the reason why there is none.
"""

import base64
import binascii
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel, PythonModelContext

from musicregion.compute import isolated
from musicregion.errors import TaskDied, Undecodable
from musicregion.inference.predict_file import predict_file
from musicregion.inference.prediction import SongPrediction, describe_songs

SECONDS = 300  # for one song


def audio_bytes(audio: bytes | str) -> bytes:
    """A file's bytes, whether given plain or as base64.

    No audio file is valid base64: every format has other characters in its first bytes.
    """
    try:
        return base64.b64decode(audio, validate=True)
    except (binascii.Error, ValueError):
        return audio if isinstance(audio, bytes) else audio.encode()


def output_row(result: SongPrediction | str, regions: list[str]) -> dict[str, Any]:
    """A prediction, or the reason why there is none, as a row of the output."""
    if isinstance(result, str):
        row = {"region": "", "known": False, "typicality": 0.0, "nearest": "", "probability": 0.0}
        return row | {"reason": result} | {f"p_{region}": 0.0 for region in regions}
    row = {"region": result.region, "known": result.known, "typicality": result.typicality}
    row |= {"nearest": describe_songs(result.nearest), "probability": result.probability}
    return row | {"reason": ""} | {f"p_{name}": result.probabilities[name] for name in regions}


class RegionModel(PythonModel):
    """The model that MLflow serves; see the module."""

    def load_context(self, context: PythonModelContext) -> None:
        """Read the model's regions, and prepare the processes that predict."""
        from musicregion.inference import predictor

        self.folder = Path(context.artifacts["models"])
        self.regions = predictor.load_predictor(self.folder).card["regions"]
        isolated.preload("musicregion.inference.predict_song")

    def predict_row(self, audio: object, path: object) -> SongPrediction | str:
        """Predict one row of the input; a text is the reason why there is no prediction."""
        with tempfile.TemporaryDirectory(prefix="song-") as folder:
            if isinstance(audio, bytes | str) and audio:
                song = Path(folder, "song")
                song.write_bytes(audio_bytes(audio))
            elif isinstance(path, str) and path:
                song = Path(path)
            else:
                return "neither audio nor path is given"
            try:
                prediction = isolated.call_isolated(
                    predict_file, self.folder, song, seconds=SECONDS
                )
            except (Undecodable, TaskDied) as error:
                return str(error)
            except OSError as error:
                return f"not readable: {error.strerror}"
            assert isinstance(prediction, SongPrediction)
            return prediction

    def predict(
        self,
        context: PythonModelContext,
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,
    ) -> pd.DataFrame:
        """Predict every row of the input, in order."""
        missing = [None] * len(model_input)
        columns = (model_input.get(name, missing) for name in ("audio", "path"))
        songs = zip(*columns, strict=True)
        return pd.DataFrame([output_row(self.predict_row(*song), self.regions) for song in songs])


set_model(RegionModel())
