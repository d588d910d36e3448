"""`mlflow models serve --env-manager local -m models:/region@champion` serves this model.

Each row of the input is a song: its file's bytes in `audio`, plain or as base64, or else its
`path` on the server. Each row of the output is an answer.
"""

import base64
import binascii
import tempfile
from pathlib import Path

import mlflow
import pandas as pd

from musicregion.compute import isolated
from musicregion.errors import TaskDied, Undecodable
from musicregion.inference.predict_file import predict_file
from musicregion.inference.prediction import SongPrediction

SECONDS = 300  # that one song may take


def audio_bytes(audio: bytes | str) -> bytes:
    """A file's bytes, from themselves or from base64.

    No audio file consists of base64's letters alone: each format has others in its first bytes.
    """
    try:
        return base64.b64decode(audio, validate=True)
    except (binascii.Error, ValueError):
        return audio if isinstance(audio, bytes) else audio.encode()


def output_row(result: SongPrediction | str, regions: list[str]) -> dict:
    """An answer, or a reason for none, as a row of the output."""
    if isinstance(result, str):
        return {"region": "", "known": False, "probability": 0.0, "reason": result} | {
            f"p_{region}": 0.0 for region in regions
        }
    first = {"region": result.region, "known": result.known, "probability": result.probability}
    return first | {"reason": ""} | {f"p_{name}": result.probabilities[name] for name in regions}


class RegionModel(mlflow.pyfunc.PythonModel):
    """See the module."""

    def load_context(self, context: mlflow.pyfunc.PythonModelContext) -> None:
        from musicregion.inference import predictor

        self.folder = Path(context.artifacts["models"])
        self.regions = predictor.load_predictor(self.folder).card["regions"]
        isolated.preload("musicregion.inference.predict_song")

    def answer(self, audio: object, path: object) -> SongPrediction | str:
        """Of one row of the input; a text says why there is no answer."""
        with tempfile.TemporaryDirectory(prefix="song-") as folder:
            if isinstance(audio, bytes | str) and audio:
                song = Path(folder, "song")
                song.write_bytes(audio_bytes(audio))
            elif isinstance(path, str) and path:
                song = Path(path)
            else:
                return "neither audio nor path is given"
            try:
                return isolated.call_isolated(predict_file, self.folder, song, seconds=SECONDS)
            except (Undecodable, TaskDied) as error:
                return str(error)
            except OSError as error:
                return f"not readable: {error.strerror}"

    def predict(
        self,
        context: mlflow.pyfunc.PythonModelContext,
        model_input: pd.DataFrame,
        params: dict | None = None,
    ) -> pd.DataFrame:
        nothing = [None] * len(model_input)
        columns = (model_input.get(name, nothing) for name in ("audio", "path"))
        return pd.DataFrame(
            [output_row(self.answer(*song), self.regions) for song in zip(*columns, strict=True)]
        )


mlflow.models.set_model(RegionModel())
