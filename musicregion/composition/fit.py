"""Trains a composer and its n-gram baseline, and writes composer/."""

from typing import TYPE_CHECKING

import numpy as np

from musicregion.composition import composer
from musicregion.config.params import Params
from musicregion.errors import NotEnoughData
from musicregion.storage import paths

if TYPE_CHECKING:
    from musicregion.composition.tokens import Piece
    from musicregion.tracking.tracked_run import TrackedRun


def encode_pieces(pieces: "list[Piece]", regions: list[str]) -> list[np.ndarray]:
    """The sequences of tokens of pieces of these regions, cut to the length of the transformer."""
    from musicregion.composition import tokens
    from musicregion.composition.transformer import LENGTH

    encoded = [tokens.encode(piece, regions) for piece in pieces if piece.region in regions]
    return [sequence[: LENGTH + 1] for sequence in encoded]


def ngram_likelihood(train: list[np.ndarray], validation: list[np.ndarray], size: int) -> float:
    """The negative log-likelihood (nats) of all validation sequences, to an n-gram model.

    size: number of tokens.
    """
    from tqdm import tqdm

    from musicregion.composition.ngram import Ngram

    baseline = Ngram(size)
    for sequence in tqdm(train, "compose baseline", unit="piece"):
        baseline.learn(sequence)
    return sum(map(baseline.negative_log_likelihood, validation))


def fit_composer(
    pieces: "dict[str, list[Piece]]", settings: Params, run: "TrackedRun"
) -> dict[str, float]:
    """Train the transformer and its baseline and write composer/; returns validation metrics.

    pieces: of the parts "train" and "validation" at least. run: gets the metrics of each epoch.

    Raises:
        NotEnoughData: training or validation has no piece.
        TrainingError: the loss is not a finite number.
    """
    from tqdm import tqdm

    from musicregion.composition import curves, novelty, tokens, training, vocabulary
    from musicregion.composition.cached_decoder import CachedDecoder
    from musicregion.composition.decoder_graph import decoder_graph

    regions = sorted({piece.region for piece in pieces["train"]})
    size = len(vocabulary.token_ids(regions))
    train, validation = (encode_pieces(pieces[part], regions) for part in ("train", "validation"))
    if not train or not validation:
        raise NotEnoughData(
            "compose: training and validation need one piece each. Add songs to the corpus."
        )
    train_notes, validation_notes = (  # those of copied bars as well
        sum(vocabulary.is_pitch(tokens.write_out(sequence)).sum() for sequence in sequences)
        for sequences in (train, validation)
    )
    train_tokens, validation_tokens = (  # tokens to predict for each note
        sum(len(sequence) - tokens.PREFIX for sequence in sequences) / notes
        for sequences, notes in ((train, train_notes), (validation, validation_notes))
    )
    # as many nats as say which of twelve keys a piece is in, which is not among its tokens
    train_key, validation_key = (
        np.log(12) * len(sequences) / notes
        for sequences, notes in ((train, train_notes), (validation, validation_notes))
    )
    baseline = ngram_likelihood(train, validation, size) / validation_notes + validation_key
    with tqdm(desc="compose", total=settings.compose.epochs, unit="epoch") as bar:

        def on_epoch(epoch: int, losses: dict[str, float]) -> None:
            nats = {
                "training/nats_per_note": losses["loss"] * train_tokens + train_key,
                "training/validation_nats_per_note": losses["val_loss"] * validation_tokens
                + validation_key,
            }
            run.log_metrics(nats, epoch)
            bar.update()
            bar.set_postfix(validation=nats["training/validation_nats_per_note"], baseline=baseline)

        model, history = training.train_transformer(
            train, validation, size, settings.compose, on_epoch
        )
    history["loss"] = history["loss"] * train_tokens + train_key
    history["val_loss"] = history["val_loss"] * validation_tokens + validation_key
    metrics = {
        "nats_per_note": float(history["val_loss"].min()),
        "ngram_nats_per_note": float(baseline),
        "epoch": int(np.nanargmin(history["val_loss"])) + 1,
        "pieces": len(train),
        "notes": int(train_notes),
        "weights": model.count_params(),
    }
    card = {
        "trained": True,
        "tokens": vocabulary.VERSION,
        "corpus": settings.corpus,
        "notes": settings.compose.notes,
        "regions": regions,
        "validation": metrics,
    }
    decoder = decoder_graph(model.get_weights(), settings.compose.heads)
    trained = composer.Composer(
        card,
        CachedDecoder(decoder),
        train,
        [piece.song for piece in pieces["train"]],
        np.array([piece.tempo for piece in pieces["train"]]),
        np.array([piece.tonic for piece in pieces["train"]]),
        [novelty.melody_steps(piece.notes) for piece in pieces["train"]],
    )
    composer.save_composer(paths.COMPOSER, trained, decoder)
    curves.plot_likelihood(history, baseline, paths.COMPOSER / "curves.png")
    return metrics
