"""The network is causal, predicts the same in ONNX Runtime as in Keras, and learns."""

import numpy as np
import pytest

from musicregion.composition import tokens, training, transformer, vocabulary
from musicregion.composition.cached_decoder import CachedDecoder
from musicregion.composition.decoder_graph import decoder_graph
from musicregion.composition.sampling import NUCLEUS, keep_nucleus, sample_sequence
from musicregion.config import params
from musicregion.errors import TrainingError
from tests.musicregion.composition.test_ngram import DOWN, SIZE, UP
from tests.musicregion.composition.test_tokens import REGIONS, scale

SMALL = params.load().compose.model_copy(
    update={"width": 32, "blocks": 2, "heads": 4, "epochs": 2, "learning_rate": 0.01, "batch": 4}
)


@pytest.fixture(scope="module")
def network():
    """Weights far from the initial ones, so that every part of the network counts."""
    model = transformer.build_transformer(SIZE, SMALL)
    random = np.random.default_rng(1)
    model.set_weights(
        [weight + 0.2 * random.standard_normal(weight.shape) for weight in model.get_weights()]
    )
    return model


def load_decoder(model):
    return CachedDecoder(decoder_graph(model.get_weights(), SMALL.heads))


def softmax(logits):
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return odds / odds.sum(axis=-1, keepdims=True)


def test_a_prediction_depends_only_on_earlier_tokens(network):
    sequence = np.random.default_rng(2).integers(0, SIZE, (1, 40))
    other = sequence.copy()
    other[0, 25:] = 7
    first, second = (np.array(network(ids))[0] for ids in (sequence, other))
    np.testing.assert_array_equal(first[:25], second[:25])
    assert np.abs(first[26:] - second[26:]).max() > 0.01


def test_onnx_runtime_predicts_the_same_as_keras(network):
    sequence = np.random.default_rng(3).integers(0, SIZE, 60).astype("int16")
    expected = softmax(np.array(network(sequence[None].astype("int32")))[0])
    cached = load_decoder(network)
    for index in range(len(sequence)):
        np.testing.assert_allclose(cached(sequence[: index + 1]), expected[index], atol=1e-5)
    np.testing.assert_allclose(cached(sequence[:10]), expected[9], atol=1e-5)  # a shorter one
    np.testing.assert_allclose(cached(sequence[:10]), expected[9], atol=1e-5)  # the same again
    other = np.concatenate([sequence[:6], sequence[20:30]])  # the cache's begins as this does
    expected = softmax(np.array(network(other[None].astype("int32")))[0])
    np.testing.assert_allclose(cached(other), expected[-1], atol=1e-5)


@pytest.mark.slow
def test_the_validation_loss_is_the_mean_over_every_token(network):
    """Not of the last batch: sequences of different lengths are in different batches."""
    sequences = [
        tokens.encode(scale(pitches=pitches), REGIONS)
        for pitches in (UP, DOWN, UP * 2, DOWN * 4, UP * 9, (60, 61))
    ]
    settings = SMALL.model_copy(update={"epochs": 1, "batch": 2})
    model, history = training.train_transformer(
        sequences, sequences, SIZE, settings, lambda *_: None
    )
    nats = []
    for sequence in sequences:
        odds = softmax(np.array(model(sequence[None].astype("int32")))[0])
        after = range(tokens.PREFIX - 1, len(sequence) - 1)
        nats += [-np.log(odds[index, sequence[index + 1]]) for index in after]
    assert history["val_loss"][0] == pytest.approx(np.mean(nats), rel=1e-3)


BOTH = [
    tokens.encode(scale(region, pitches=[pitch + key for pitch in pitches]), REGIONS)
    for region, pitches in (("Coast", UP), ("Hills", DOWN))
    for key in range(-6, 6)
]


@pytest.mark.slow
def test_the_same_seed_is_the_same_network():
    first, second = (
        training.train_transformer(BOTH, BOTH, SIZE, SMALL, lambda *_: None)[0].get_weights()
        for _ in range(2)
    )
    for left, right in zip(first, second, strict=True):
        np.testing.assert_array_equal(left, right)


@pytest.mark.slow
def test_new_pieces_depend_on_the_region():
    """Up in one region, down in the other."""
    settings = SMALL.model_copy(update={"epochs": 60, "dropout": 0.0})
    model, history = training.train_transformer(BOTH, BOTH, SIZE, settings, lambda *_: None)
    assert history["val_loss"].iloc[-1] < history["val_loss"].iloc[0] / 10
    next_token = load_decoder(model)
    correct = 0
    for number, sequence in enumerate(BOTH):
        sampled = sample_sequence(
            next_token, sequence[: tokens.PREFIX], np.random.default_rng(number)
        )
        notes, _ = tokens.decode(sampled)
        steps = np.diff(notes[:, 2]).mean() if len(notes) > 1 else 0
        correct += steps > 0 if number < 12 else steps < 0
    assert correct >= 18


def test_a_sampled_sequence_ends_and_repeats_no_token_of_its_prefix(network):
    front = tokens.encode(scale(), REGIONS)[: tokens.PREFIX]
    sequence = sample_sequence(load_decoder(network), front, np.random.default_rng(0))
    end = vocabulary.load_tokenizer()["EOS_None"]
    assert sequence[-1] == end or len(sequence) == transformer.LENGTH
    assert (sequence[tokens.PREFIX :] < vocabulary.music_size()).all()


def test_the_nucleus_holds_the_likeliest_tokens():
    odds = np.array([0.003, 0.6, 0.3, 0.095, 0.002])
    nucleus = keep_nucleus(odds)
    assert nucleus.sum() == pytest.approx(1)
    assert np.flatnonzero(nucleus).tolist() == [1, 2, 3]
    assert odds[nucleus > 0].sum() >= NUCLEUS
    assert nucleus[1] / nucleus[2] == pytest.approx(2)


def test_a_loss_that_is_not_finite_is_an_error():
    sequences = [tokens.encode(scale(), REGIONS)] * 2
    settings = SMALL.model_copy(update={"learning_rate": 1e30, "epochs": 3})
    with pytest.raises(TrainingError, match="learning_rate"):
        training.train_transformer(sequences, sequences, SIZE, settings, lambda *_: None)
