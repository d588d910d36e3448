import numpy as np
import pytest

from musicregion.models import calibration


def overconfident(count, sharpness):
    """Probabilities that need the temperature `sharpness`, and the true regions."""
    random = np.random.default_rng(0)
    honest = random.dirichlet([1, 1, 1], count)
    actual = np.array([random.choice(3, p=row) for row in honest])
    return calibration.apply_temperature(honest, 1 / sharpness), actual


@pytest.mark.parametrize("sharpness", [0.5, 1, 3])
def test_the_temperature_undoes_overconfidence(sharpness):
    probabilities, actual = overconfident(5000, sharpness)
    assert calibration.fit_temperature(probabilities, actual) == pytest.approx(sharpness, rel=0.1)


def test_calibration_lowers_the_expected_error_and_changes_no_prediction():
    probabilities, actual = overconfident(5000, 3)
    after = calibration.apply_temperature(
        probabilities, calibration.fit_temperature(probabilities, actual)
    )
    assert calibration.expected_calibration_error(probabilities, actual) > 0.1
    assert calibration.expected_calibration_error(after, actual) < 0.03
    assert (after.argmax(axis=1) == probabilities.argmax(axis=1)).all()
    assert after.sum(axis=1) == pytest.approx(1)


def test_the_expected_error_of_a_known_case():
    confident = np.tile([0.95, 0.05], (10, 1))
    assert calibration.expected_calibration_error(confident, np.repeat([0, 1], 5)) == pytest.approx(
        0.45
    )


def test_a_certain_prediction_is_in_the_last_bin():
    bins = calibration.confidence_bins(np.array([[1.0, 0.0]]), np.array([0]))
    assert len(bins) == calibration.BINS
    assert bins[-1].tolist() == [1, 1, 1]
    assert not bins[:-1].any()


def test_a_few_correct_predictions_do_not_make_for_certainty():
    probabilities = np.tile([0.7, 0.3], (24, 1))
    temperature = calibration.fit_temperature(probabilities, np.zeros(24, int))
    assert temperature < 1
    assert 0.8 < calibration.apply_temperature(probabilities, temperature).max() < 0.999
