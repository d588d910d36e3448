"""Trains a model of notes and its n-gram baseline, and writes composer/."""

from typing import TYPE_CHECKING

import numpy as np

from musicregion.composition import composer
from musicregion.config.params import Params
from musicregion.errors import NotEnoughData
from musicregion.storage import paths

if TYPE_CHECKING:
    from musicregion.composition.tokens import Piece


def fit_composer(pieces: "dict[str, list[Piece]]", settings: Params, run: object) -> dict:
    """Train the decoder and its baseline, write composer/; what it says of validation pieces."""
    from tqdm import tqdm

    from musicregion.composition import curves, novelty, tokens, training
    from musicregion.composition.ngram import Ngram
    from musicregion.composition.sampling import CachedTransformer
    from musicregion.composition.transformer import LENGTH

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
        raise NotEnoughData("compose: training and validation need a piece each. More songs?")
    notes = {part: sum(tokens.is_pitch(line).sum() for line in own) for part, own in lines.items()}
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
            run.log_metrics(found, epoch)
            bar.update()
            bar.set_postfix(validation=found["validation_nats_per_note"], baseline=surprise)

        model, history = training.train_transformer(
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
        CachedTransformer(weights := model.get_weights(), settings.compose.heads),
        lines["train"],
        [piece.song for piece in pieces["train"]],
        np.array([piece.tempo for piece in pieces["train"]]),
        [novelty.melody_steps(piece.notes) for piece in pieces["train"]],
    )
    composer.save_composer(paths.COMPOSER, made, weights)
    curves.plot_likelihood(history, surprise, paths.COMPOSER / "curves.png")
    return metrics
