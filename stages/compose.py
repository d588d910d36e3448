"""`python -m stages.compose`: trains a model of notes by region → composer/ and one MLflow run.

Learns the tunes of a rendered corpus (compose.notes: true), or the notes that transcribe found in
any corpus (transcribed). Trains nothing until compose.epochs is more than 0; then `musicregion
generate` makes songs.
"""

import json
import shutil

from musicregion.command import run
from musicregion.composition.fit import fit_composer
from musicregion.config import params
from musicregion.config.flatten import flatten
from musicregion.config.params import Params
from musicregion.storage import paths
from musicregion.storage.paths import COMPOSE_METRICS


def training_params(settings: Params) -> dict:
    """The params that decide this training, by dotted key."""
    tree = settings.model_dump(by_alias=True)
    names = ["compose", "split", "folk" if settings.compose.notes is True else "transcribe"]
    return {"corpus": settings.corpus} | {
        f"{name}.{key}": value for name in names for key, value in tree[name].items()
    }


def main() -> None:
    """Run the stage."""
    settings = params.load_for_command(__doc__)
    shutil.rmtree(paths.COMPOSER, ignore_errors=True)
    COMPOSE_METRICS.parent.mkdir(exist_ok=True)
    if not settings.compose.epochs:
        paths.COMPOSER.mkdir()
        (paths.COMPOSER / paths.CARD).write_text(json.dumps({"trained": False}) + "\n")
        COMPOSE_METRICS.write_text("{}\n")
        return
    from musicregion.composition import pieces, samples
    from musicregion.storage import checksums
    from musicregion.storage.paths import SONGS, SPLITS
    from musicregion.tracking import store, training_record
    from musicregion.tracking.run import create_run, open_run

    parts = pieces.pieces_by_part(settings)
    run_params = training_params(settings)
    md5 = {path.as_posix(): checksums.md5(path) for path in (SONGS, SPLITS)}
    tags = store.run_tags(run_params, md5) | {training_record.STAGE: "compose"}
    label = f"compose {tags.get('dvc.experiment', '')}".strip()
    tracked = create_run(store.prepare_experiment(settings.corpus), label, tags)
    with open_run(tracked):
        tracked.log_params(run_params)
        metrics = fit_composer(parts, settings, tracked)
        samples.write_samples(settings, paths.COMPOSER / "samples")
        tracked.log_metrics(flatten({"composer": metrics}, "/"))
        tracked.log_artifacts(paths.COMPOSER, "composer")
        COMPOSE_METRICS.write_text(json.dumps(metrics, indent=2) + "\n")
    print(
        f"compose: {metrics['nats_per_note']:.2f} nats a note on validation songs, the n-gram "
        f"baseline {metrics['ngram_nats_per_note']:.2f}; songs to listen to: "
        f"{paths.COMPOSER / 'samples'}"
    )


if __name__ == "__main__":
    run(main)
