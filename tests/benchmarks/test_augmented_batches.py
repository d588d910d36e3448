"""Augmentations keep shapes, and change what they say."""

import numpy as np

from benchmarks import augmented_batches


def segments():
    random = np.random.default_rng(0)
    x = random.normal(size=(6, 40, 12)).astype("float32")
    return x, np.eye(2, dtype="float32")[[0, 1] * 3], random


def test_masks_set_a_few_values_to_the_mean_of_their_segment():
    x, y, random = segments()
    masked, targets = augmented_batches.mask_time_and_channels(x, y, random)
    changed = masked != x
    assert 0 < changed.mean() < 0.3
    assert targets is y


def test_gain_shifts_every_frame_of_a_segment_equally():
    x, y, random = segments()
    louder, _ = augmented_batches.gain_and_equaliser(x, y, random)
    shift = louder - x
    np.testing.assert_allclose(shift, np.broadcast_to(shift[:, :1], shift.shape), atol=1e-4)
    assert shift.std() > 1


def test_mixup_mixes_targets_as_it_mixes_segments():
    y = np.eye(2, dtype="float32")[[0, 1] * 20]
    x = np.broadcast_to(y[:, None, 1:], (40, 5, 3)).copy()  # every value is the target
    mixed, targets = augmented_batches.mixup(x, y, np.random.default_rng(0))
    np.testing.assert_allclose(mixed[:, 0, 0], targets[:, 1], atol=1e-6)
    np.testing.assert_allclose(targets.sum(axis=1), 1, atol=1e-6)
    assert ((targets > 0.01) & (targets < 0.99)).any()
