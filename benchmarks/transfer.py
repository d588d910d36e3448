"""`python -m benchmarks.transfer`: do networks on musicnn's activations beat the committee?

On `features: musicnn`, 5 folds: a new hidden layer on every patch; musicnn's own last layers,
fine-tuned; the same with mixup; attention over a song's segments. Each also pooled with the
committee, whose predictions `python -m benchmarks.models` has stored. Variants that are already in
benchmarks/results/transfer.json are not run again.
"""

import json
from functools import partial

from benchmarks import variants
from benchmarks.augmented_batches import leave_unchanged, mixup
from benchmarks.choice import score_folds
from benchmarks.report import RESULTS, print_source
from benchmarks.transfer_networks import (
    fine_tuned_layers,
    new_layer,
    predict_by_attention,
    predict_by_patches,
)
from musicregion.command import run
from musicregion.config import params
from musicregion.errors import InputError

TABLE = RESULTS / "transfer.json"


def main() -> None:
    settings = params.load_for_command(__doc__)
    from musicregion.dataset import loading

    settings = settings.model_copy(update={"features": "musicnn"})
    data = loading.load_dataset(("musicnn",))
    by_patches = partial(predict_by_patches, data, settings)
    by_name = {
        "a new layer": partial(by_patches, new_layer, leave_unchanged),
        "musicnn's last layers, fine-tuned": partial(
            by_patches, fine_tuned_layers, leave_unchanged
        ),
        "fine-tuned, mixup": partial(by_patches, fine_tuned_layers, mixup),
        "attention over segments": partial(predict_by_attention, data, settings),
    }
    stored = RESULTS / f"models_{settings.corpus}" / "musicnn_committee.json"
    if not stored.is_file():
        raise InputError(f"{stored} not found. Run `python -m benchmarks.models` first.")
    committee = json.loads(stored.read_text())[: variants.FOLDS]  # the first repeat
    variants.evaluate_variants(TABLE, data, settings, by_name, committee)
    score = score_folds(committee, settings.train.seed)["song_accuracy"]
    print(f"committee alone: {score:.3f}")
    print_source("transfer", TABLE)


if __name__ == "__main__":
    run(main)
