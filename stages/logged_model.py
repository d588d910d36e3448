"""A trained model in MLflow, with the shape of its input and output."""

import tempfile
from pathlib import Path

from stages.classifier import Classifier
from stages.dataset import Dataset
from stages.record import Record


def log(model: Classifier, data: Dataset, folder: Path, record: Record) -> None:
    """Log a trained model to its run.

    folder: where it was saved, which is logged as it is. A committee has no other form in MLflow.
    """
    import mlflow

    record.artifacts(folder, "models")
    few = data.known()[:1]
    # packages are named, since guessing takes 8 s and guesses wrongly
    if not hasattr(model, "members"):
        form, inner = mlflow.tensorflow, model.model
        shapes = data.features[few], model.segments(data, few)
        more = {"pip_requirements": ["tensorflow", "keras", "numpy"]}
    elif len(model.members) == 1:
        form, inner = mlflow.sklearn, model.members["song"]
        statistics = data.song_statistics[data.songs[few[0]]][None]
        shapes = statistics, inner.predict(statistics)
        more = {"pip_requirements": ["scikit-learn", "numpy"], "serialization_format": "skops"}
    else:
        return
    more["signature"] = mlflow.models.infer_signature(*shapes)
    if not record.down:
        try:
            with mlflow.start_run(run_id=record.run_id):
                form.log_model(inner, name="model", **more)
            record.client.update_run(record.run_id, "RUNNING")  # leaving the block has ended it
            return
        except Exception as error:  # the server has gone
            record.lost(error)
    with tempfile.TemporaryDirectory() as temporary:
        form.save_model(inner, path=f"{temporary}/model", **more)
        record.artifacts(Path(temporary, "model"), "model")
