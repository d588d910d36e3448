"""What microphones give: any rate, less than a window, silence and noise."""

import numpy as np
import pytest

from musicregion.inference.predict_samples import predict_samples
from tests.conftest import RATE, tone
from tests.trained import PITCHES


@pytest.mark.parametrize("rate", [8000, RATE, 48_000])
@pytest.mark.parametrize("seconds", [0.5, 5])
def test_samples_of_any_rate_are_predicted(trained, rate, seconds):
    for region, pitch in PITCHES.items():
        samples = (tone(seconds, pitch, rate) * 2**15).astype("int16")
        prediction = predict_samples(trained, samples, rate)
        assert next(iter(prediction.probabilities)) == region
        assert len(prediction.nearest) == 3


@pytest.mark.parametrize("value", [0, -(2**15), 2**15 - 1])
def test_silence_and_noise_at_full_level_have_a_prediction(trained, value):
    for samples in (np.full(1, value, "int16"), np.full(96_000, value, "int16")):
        probabilities = predict_samples(trained, samples, 48_000).probabilities.values()
        assert sum(probabilities) == pytest.approx(1, abs=1e-5)
