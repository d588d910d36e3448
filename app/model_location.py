"""Finds a model: in a folder, a DVC experiment or commit, or MLflow."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from musicregion.errors import ModelError
from musicregion.storage.paths import CARD

MODEL_HELP = (
    "a folder; a DVC experiment or commit; or an address in MLflow, such as "
    "models:/region@champion or runs:/<run id>/<its model's name> (default: models)"
)


@contextmanager
def locate_model(model: str) -> Iterator[Path]:
    """Yield the model's folder; a fetched one is deleted after the block.

    The folder may be missing or without a model where `model` is a folder: the caller checks.

    Raises:
        ModelError: there is no such model.
    """
    if Path(model).is_dir() or model == "models":
        yield Path(model)
        return
    with tempfile.TemporaryDirectory(prefix="model-") as temporary:
        fetch = _fetch_from_mlflow if ":/" in model else _fetch_from_dvc
        fetch(model, temporary)
        cards = sorted(Path(temporary).rglob(CARD))
        if not cards:
            raise ModelError(f"{model}: it holds no {CARD}, so it is not a model of this project.")
        yield cards[0].parent


def copy_model(folder: Path, name: str, target: Path) -> dict:
    """Copy a model, since the next training deletes models/; returns its card.

    name: of the model, as the user gave it.

    Raises:
        ModelError: there is no model, or an older version trained it.
    """
    if not (folder / CARD).is_file():
        raise ModelError(f"{folder}: no model there ({CARD}). `dvc repro` trains one.")
    shutil.copytree(folder, target)
    card = json.loads((target / CARD).read_text())
    if "test" not in card:
        raise ModelError(
            f"{name} was trained by an older version. Train it again with `dvc repro -f train`."
        )
    return card


def _fetch_from_mlflow(model: str, target: str) -> None:
    from musicregion.tracking import store

    store.connect()
    import mlflow

    try:
        mlflow.artifacts.download_artifacts(model, dst_path=target)
    except Exception as error:
        reason = str(error).strip().splitlines()[0]
        raise ModelError(f"{model}: cannot be fetched from MLflow: {reason}") from None


def _fetch_from_dvc(model: str, target: str) -> None:
    from dvc.api import DVCFileSystem
    from dvc.exceptions import DvcException

    try:
        DVCFileSystem(rev=model).get("models", target, recursive=True)
    except (DvcException, OSError) as error:
        raise ModelError(
            f"{model} is no folder, no address in MLflow, and no DVC experiment or commit whose "
            f"models are here: {error}. `dvc exp show` lists experiments; `dvc pull` fetches data."
        ) from None
