"""`python -m stages.compose`: a model that writes notes of a region → composer/ and one MLflow run.

Learns the tunes of a rendered corpus (compose.notes: true), or what transcribe has heard of any
(transcribed). Trains nothing until compose.epochs is more than 0; then `python -m app.generate`
makes songs.
"""

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from stages import composer, params
from stages.params import Params

if TYPE_CHECKING:
    from stages.tokens import Piece

METRICS = Path("results/compose.json")


def chosen(settings: Params) -> dict:
    """The params that decide this training, by dotted key."""
    tree = settings.model_dump(by_alias=True)
    names = ["compose", "split", "folk" if settings.compose.notes is True else "transcribe"]
    return {"corpus": settings.corpus} | {
        f"{name}.{key}": value for name in names for key, value in tree[name].items()
    }


def measure(pieces: "dict[str, list[Piece]]", settings: Params, run: object) -> dict:
    """Train the decoder and its baseline, write composer/; what it says of validation pieces."""
    from tqdm import tqdm

    from stages import next_token, novelty, plots, tokens
    from stages.autoregressive import Cached
    from stages.decoder import LENGTH
    from stages.ngram import Ngram

    regions = sorted({piece.region for piece in pieces["train"]})
    size = len(tokens.vocabulary(regions))
    lines = {
        part: [
            tokens.encode(piece, regions)[: LENGTH + 1]
            for piece in pieces[part]
            if piece.region in regions
        ]
        for part in ("train", "validation")
    }
    if not lines["train"] or not lines["validation"]:
        raise SystemExit("compose: training and validation need a piece each. More songs?")
    notes = {part: sum(tokens.pitches(line).sum() for line in own) for part, own in lines.items()}
    per_note = {
        part: sum(len(line) - tokens.FRONT for line in own) / notes[part]
        for part, own in lines.items()
    }
    baseline = Ngram(size)
    for line in tqdm(lines["train"], "compose baseline", unit="piece"):
        baseline.learn(line)
    surprise = sum(map(baseline.surprise, lines["validation"])) / notes["validation"]
    with tqdm(desc="compose", total=settings.compose.epochs, unit="epoch") as bar:

        def on_epoch(epoch: int, losses: dict) -> None:
            found = {
                "train_nats_per_note": losses["loss"] * per_note["train"],
                "validation_nats_per_note": losses["val_loss"] * per_note["validation"],
            }
            run.metrics(found, epoch)
            bar.update()
            bar.set_postfix(validation=found["validation_nats_per_note"], baseline=surprise)

        model, history = next_token.fit(
            lines["train"], lines["validation"], size, settings.compose, on_epoch
        )
    history["loss"] *= per_note["train"]
    history["val_loss"] *= per_note["validation"]
    metrics = {
        "nats_per_note": float(history["val_loss"].min()),
        "ngram_nats_per_note": float(surprise),
        "epoch": int(history["val_loss"].idxmin()) + 1,
        "pieces": len(lines["train"]),
        "notes": int(notes["train"]),
        "weights": model.count_params(),
    }
    card = {
        "trained": True,
        "corpus": settings.corpus,
        "notes": settings.compose.notes,
        "regions": regions,
        "heads": settings.compose.heads,
        "validation": metrics,
    }
    made = composer.Composer(
        card,
        Cached(weights := model.get_weights(), settings.compose.heads),
        lines["train"],
        [piece.song for piece in pieces["train"]],
        np.array([piece.tempo for piece in pieces["train"]]),
        [novelty.steps(piece.notes) for piece in pieces["train"]],
    )
    composer.save(composer.FOLDER, made, weights)
    plots.likelihood(history, surprise, composer.FOLDER / "curves.png")
    return metrics


def main() -> None:
    settings = params.from_command(__doc__)
    shutil.rmtree(composer.FOLDER, ignore_errors=True)
    METRICS.parent.mkdir(exist_ok=True)
    if not settings.compose.epochs:
        composer.FOLDER.mkdir()
        (composer.FOLDER / composer.CARD).write_text(json.dumps({"trained": False}) + "\n")
        METRICS.write_text("{}\n")
        print("compose: not wanted, compose.epochs is 0")
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from stages import dataset, pieces, record, samples, tracking
    from stages.download import SONGS
    from stages.split import SPLITS

    found = pieces.by_part(settings)
    facts = chosen(settings)
    tags = tracking.tags(facts, {path.as_posix(): dataset.md5(path) for path in (SONGS, SPLITS)})
    label = f"compose {tags.get('dvc.experiment', '')}".strip()
    run = record.created(tracking.prepare(settings.corpus), label, tags)
    with record.opened(run):
        run.params(facts)
        metrics = measure(found, settings, run)
        samples.write(settings, composer.FOLDER / "samples")
        run.metrics(metrics)
        run.artifacts(composer.FOLDER, "composer")
        METRICS.write_text(json.dumps(metrics, indent=2) + "\n")
    print(
        f"compose: {metrics['nats_per_note']:.2f} nats a note on validation songs, the n-gram "
        f"baseline {metrics['ngram_nats_per_note']:.2f}; songs to listen to: "
        f"{composer.FOLDER / 'samples'}"
    )


if __name__ == "__main__":
    main()
