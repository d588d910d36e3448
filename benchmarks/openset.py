"""`python -m benchmarks.openset`: which songs are "none of these", and how well that works.

Compares ways to reject songs, on the corpus and features of params.yaml, whose model must be in
models/ (`dvc repro`, or `dvc exp run -S corpus=games`). In five folds, copies of a recording
together:

- auroc: a region is left out of the training, and its songs are told from the others' test songs;
  the mean over regions and folds. 0.5 is chance.
- noise_rejected: of 200 sounds: noise, beeps, speech, applause, single notes, another corpus.
- false_rejections: of test songs, of which evaluate.false_rejections should be rejected.

Writes a row for each method to benchmarks/results/openset.json, beside those of other corpora and
features. Needs espeak-ng for the speech.
"""

import numpy as np

from benchmarks import openset_folds, unknown_sounds
from benchmarks.report import RESULTS, print_source, print_table, read_rows, write_json
from musicregion.command import run
from musicregion.config import params
from musicregion.dataset.dataset import UNKNOWN, Dataset
from musicregion.storage.paths import MODELS

TABLE = RESULTS / "openset.json"


def with_sounds(data: Dataset, kinds: list[str], features: list[dict[str, np.ndarray]]) -> Dataset:
    """The data with the sounds as songs of no region, and no other such songs."""
    known = data.known()
    counts = [len(next(iter(arrays.values()))) for arrays in features]
    names = np.repeat([f"{kind} {number:03}" for number, kind in enumerate(kinds)], counts)
    return Dataset(
        {
            kind: np.concatenate([array[known], *(arrays[kind] for arrays in features)])
            for kind, array in data.features.items()
        },
        np.concatenate([data.labels[known], np.full(len(names), UNKNOWN)]),
        np.concatenate([data.songs[known], names]),
        np.concatenate([data.groups[known], names]),
        np.concatenate([data.parts[known], np.full(len(names), "unknown")]),
        data.regions,
    )


def main() -> None:
    settings = params.load_for_command(__doc__)
    from musicregion.dataset import loading

    kinds, features = unknown_sounds.extract_unknown(settings, MODELS)
    data = loading.load_dataset(settings.kinds)
    aurocs = openset_folds.measure_aurocs(data, settings)
    noisy = with_sounds(data, kinds, features)
    false_rejections, sounds = openset_folds.measure_rejections(noisy, settings)
    amounts = {kind: kinds.count(kind) for kind in sorted(set(kinds))}
    here = {"corpus": settings.corpus, "features": settings.features}
    rows = [
        row for row in read_rows(TABLE) if any(row[name] != value for name, value in here.items())
    ]
    for method, regions in aurocs.items():
        rejected = sum(sounds[method][kind] * count for kind, count in amounts.items())
        figures = {
            "auroc": float(np.mean(list(regions.values()))),
            "noise_rejected": rejected / len(kinds),
            "false_rejections": false_rejections[method],
        }
        rows.append(
            here
            | {"method": method}
            | {name: round(figure, 4) for name, figure in figures.items()}
            | {"regions": {name: round(auroc, 3) for name, auroc in regions.items()}}
            | {"sounds": {kind: round(share, 3) for kind, share in sounds[method].items()}}
        )
    write_json(TABLE, rows)
    names = ["corpus", "features", "method", "auroc", "noise_rejected", "false_rejections"]
    print_table(
        names,
        [[f"{row[name]:.3f}" if name in figures else row[name] for name in names] for row in rows],
    )
    print_source("openset", TABLE)


if __name__ == "__main__":
    run(main)
