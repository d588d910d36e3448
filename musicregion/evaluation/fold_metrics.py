"""Cross-validates the chosen model as the section `evaluate` asks, and sums it up."""

from dataclasses import replace
from typing import TYPE_CHECKING

from musicregion.config.params import Params
from musicregion.storage import tables

if TYPE_CHECKING:
    from musicregion.dataset.dataset import Dataset
    from musicregion.evaluation.crossvalidation import Fold


def group_by_recording(data: "Dataset") -> "Dataset":
    """The data with copies of a recording as groups, whatever split.group says."""
    groups = tables.GROUPS.read().set_index("song")["group"]
    return replace(data, groups=groups[data.songs].to_numpy(str))


def run_folds(data: "Dataset", settings: Params, label: str) -> "list[Fold]":
    """Cross-validate, with a progress bar."""
    from tqdm import tqdm

    from musicregion.evaluation import crossvalidation

    total = settings.evaluate.folds * settings.evaluate.repeats
    return list(tqdm(crossvalidation.cross_validate(data, settings), label, total, unit="fold"))


def evaluate_folds(data: "Dataset", settings: Params) -> "tuple[list[Fold], dict]":
    """Cross-validate as evaluate: says; the folds and what metrics.json says of them.

    Where albums are kept together, also with recordings alone: the fall is what albums give away.
    """
    from tqdm import tqdm

    from musicregion.evaluation import crossvalidation, open_set

    if not settings.evaluate.folds:
        return [], {}
    seed = settings.train.seed
    found = run_folds(data, settings, "folds")
    metrics = {
        "folds": {
            unit: crossvalidation.summarise_folds(found, unit, seed) for unit in ("song", "segment")
        }
    }
    if settings.split.group != "recording":
        loose = run_folds(group_by_recording(data), settings, "folds by recording")
        song = crossvalidation.summarise_folds(loose, "song", seed)
        fall = song["accuracy"] - metrics["folds"]["song"]["accuracy"]
        metrics["folds_by_recording"] = {"song": song, "fall": fall}
    if not len(data.rows("unknown")) and len(data.regions) > 2:
        each = open_set.leave_one_region_out(data, settings)
        scores = dict(tqdm(each, "leave one out", len(data.regions), unit="region"))
        mean = sum(scores.values()) / len(scores)
        metrics["leave_one_region_out"] = {"auroc": mean} | scores
    return found, metrics
