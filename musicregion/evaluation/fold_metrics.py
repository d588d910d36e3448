"""Cross-validates the chosen model as the params' section `evaluate` says, and summarises it."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from musicregion.config.params import Params
from musicregion.storage import tables

if TYPE_CHECKING:
    from musicregion.dataset.dataset import Dataset
    from musicregion.evaluation.crossvalidation import Fold


def group_by_recording(data: "Dataset") -> "Dataset":
    """The data with copies of a recording as groups, whatever split.group is."""
    groups = tables.GROUPS.read().set_index("song")["group"]
    return replace(data, groups=groups[data.songs].to_numpy(str))


def run_folds(data: "Dataset", settings: Params, label: str) -> "list[Fold]":
    """Cross-validate, with a progress bar."""
    from tqdm import tqdm

    from musicregion.evaluation import crossvalidation

    total = settings.evaluate.folds * settings.evaluate.repeats
    return list(tqdm(crossvalidation.cross_validate(data, settings), label, total, unit="fold"))


def evaluate_folds(data: "Dataset", settings: Params) -> "tuple[list[Fold], dict[str, Any]]":
    """Cross-validate; returns the folds and their entries of details.json.

    Without evaluate.folds both are empty. If albums are kept whole, recordings alone are
    cross-validated as well: "fall" is how much accuracy songs of the same album add.
    """
    from tqdm import tqdm

    from musicregion.evaluation import crossvalidation, open_set

    if not settings.evaluate.folds:
        return [], {}
    seed = settings.train.seed
    folds = run_folds(data, settings, "folds")
    summaries = {
        unit: crossvalidation.summarise_folds(folds, unit, seed) for unit in ("song", "segment")
    }
    metrics: dict[str, Any] = {"folds": summaries}
    if settings.split.group != "recording":
        by_recording = run_folds(group_by_recording(data), settings, "folds by recording")
        song = crossvalidation.summarise_folds(by_recording, "song", seed)
        fall = song["accuracy"] - summaries["song"]["accuracy"]
        metrics["folds_by_recording"] = {"song": song, "fall": fall}
    if not len(data.rows("unknown")) and len(data.regions) > 2:
        scores = open_set.leave_one_region_out(data)
        aurocs = dict(tqdm(scores, "leave one out", len(data.regions), unit="region"))
        mean = sum(aurocs.values()) / len(aurocs)
        metrics["leave_one_region_out"] = {"auroc": mean} | aurocs
    return folds, metrics
