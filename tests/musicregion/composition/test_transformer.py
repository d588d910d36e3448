"""The network looks back alone, answers the same without TensorFlow, and learns."""

import numpy as np
import pytest

from musicregion.composition import tokens, training, transformer
from musicregion.composition.sampling import NUCLEUS, CachedTransformer, keep_nucleus, sample_line
from musicregion.config import params
from musicregion.errors import TrainingError
from tests.musicregion.composition.test_ngram import DOWN, SIZE, UP
from tests.musicregion.composition.test_tokens import REGIONS, scale

SMALL = params.load().compose.model_copy(
    update={"width": 32, "blocks": 2, "heads": 4, "epochs": 2, "learning_rate": 0.01, "batch": 4}
)


@pytest.fixture(scope="module")
def network():
    """Weights far from those that a network begins with, so that every part of it counts."""
    model = transformer.build_transformer(SIZE, SMALL)
    random = np.random.default_rng(1)
    model.set_weights(
        [weight + 0.2 * random.standard_normal(weight.shape) for weight in model.get_weights()]
    )
    return model


def softmax(logits):
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return odds / odds.sum(axis=-1, keepdims=True)


def test_a_token_depends_on_earlier_ones_alone(network):
    line = np.random.default_rng(2).integers(0, SIZE, (1, 40))
    other = line.copy()
    other[0, 25:] = 7
    first, second = (np.array(network(one))[0] for one in (line, other))
    np.testing.assert_array_equal(first[:25], second[:25])
    assert np.abs(first[26:] - second[26:]).max() > 0.01


def test_numpy_answers_as_keras_does(network):
    line = np.random.default_rng(3).integers(0, SIZE, 60).astype("int16")
    expected = softmax(np.array(network(line[None].astype("int32")))[0])
    cached = CachedTransformer(network.get_weights(), SMALL.heads)
    for place in range(len(line)):
        np.testing.assert_allclose(cached(line[: place + 1]), expected[place], atol=1e-5)
    np.testing.assert_allclose(cached(line[:10]), expected[9], atol=1e-5)  # another line
    np.testing.assert_allclose(cached(line[:10]), expected[9], atol=1e-5)  # the same again


def test_the_validation_loss_is_that_of_every_token(network):
    """Not of the last batch: lines of different lengths are in different batches."""
    lines = [
        tokens.encode(scale(pitches=pitches), REGIONS)
        for pitches in (UP, DOWN, UP * 2, DOWN * 4, UP * 9, (60, 61))
    ]
    settings = SMALL.model_copy(update={"epochs": 1, "batch": 2})
    model, history = training.train_transformer(lines, lines, SIZE, settings, lambda *_: None)
    surprise = []
    for line in lines:
        odds = softmax(np.array(model(line[None].astype("int32")))[0])
        after = range(tokens.FRONT - 1, len(line) - 1)
        surprise += [-np.log(odds[place, line[place + 1]]) for place in after]
    assert history["val_loss"][0] == pytest.approx(np.mean(surprise), rel=1e-3)


BOTH = [
    tokens.encode(scale(region, pitches=[pitch + key for pitch in pitches]), REGIONS)
    for region, pitches in (("Coast", UP), ("Hills", DOWN))
    for key in range(-6, 6)
]


def test_the_same_seed_is_the_same_network():
    first, second = (
        training.train_transformer(BOTH, BOTH, SIZE, SMALL, lambda *_: None)[0].get_weights()
        for _ in range(2)
    )
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_is_written_depends_on_the_region():
    """Up in one region, down in the other."""
    settings = SMALL.model_copy(update={"epochs": 60, "dropout": 0.0})
    model, history = training.train_transformer(BOTH, BOTH, SIZE, settings, lambda *_: None)
    assert history["val_loss"].iloc[-1] < history["val_loss"].iloc[0] / 10
    following = CachedTransformer(model.get_weights(), SMALL.heads)
    right = 0
    for number, line in enumerate(BOTH):
        own = sample_line(following, line[: tokens.FRONT], np.random.default_rng(number))
        notes, _ = tokens.decode(own)
        steps = np.diff(notes[:, 2]).mean() if len(notes) > 1 else 0
        right += steps > 0 if number < 12 else steps < 0
    assert right >= 18


def test_a_drawn_line_ends_and_holds_no_token_that_belongs_in_front(network):
    front = tokens.encode(scale(), REGIONS)[: tokens.FRONT]
    line = sample_line(
        CachedTransformer(network.get_weights(), SMALL.heads), front, np.random.default_rng(0)
    )
    end = tokens.load_tokenizer()["EOS_None"]
    assert line[-1] == end or len(line) == transformer.LENGTH
    assert (line[tokens.FRONT :] < len(tokens.load_tokenizer())).all()


def test_the_nucleus_is_the_likeliest_tokens():
    odds = np.array([0.02, 0.6, 0.3, 0.07, 0.01])
    kept = keep_nucleus(odds)
    assert kept.sum() == pytest.approx(1)
    assert np.flatnonzero(kept).tolist() == [1, 2, 3]
    assert odds[kept > 0].sum() >= NUCLEUS
    assert kept[1] / kept[2] == pytest.approx(2)


def test_a_loss_that_is_no_number_is_a_sentence():
    lines = [tokens.encode(scale(), REGIONS)] * 2
    settings = SMALL.model_copy(update={"learning_rate": 1e30, "epochs": 3})
    with pytest.raises(TrainingError, match="learning_rate"):
        training.train_transformer(lines, lines, SIZE, settings, lambda *_: None)
