import numpy as np
import pytest

from musicregion.models import calibration


def world(count, sharpness):
    """Answers whose confidence is `sharpness` times too sure, with the truth."""
    random = np.random.default_rng(0)
    honest = random.dirichlet([1, 1, 1], count)
    actual = np.array([random.choice(3, p=row) for row in honest])
    return calibration.apply_temperature(honest, 1 / sharpness), actual


@pytest.mark.parametrize("sharpness", [0.5, 1, 3])
def test_the_temperature_takes_back_what_was_too_sure(sharpness):
    probabilities, actual = world(5000, sharpness)
    assert calibration.fit_temperature(probabilities, actual) == pytest.approx(sharpness, rel=0.1)


def test_calibration_lowers_the_expected_error_and_changes_no_answer():
    probabilities, actual = world(5000, 3)
    after = calibration.apply_temperature(
        probabilities, calibration.fit_temperature(probabilities, actual)
    )
    assert calibration.expected_calibration_error(probabilities, actual) > 0.1
    assert calibration.expected_calibration_error(after, actual) < 0.03
    assert (after.argmax(axis=1) == probabilities.argmax(axis=1)).all()
    assert after.sum(axis=1) == pytest.approx(1)


def test_the_expected_error_of_a_known_case():
    sure = np.tile([0.95, 0.05], (10, 1))
    assert calibration.expected_calibration_error(sure, np.repeat([0, 1], 5)) == pytest.approx(0.45)


def test_a_certain_answer_is_in_the_last_bin():
    assert calibration.confidence_bins(np.array([[1.0, 0.0]]), np.array([0]))[-1].tolist() == [
        1,
        1,
        1,
    ]


def test_a_few_answers_that_are_all_right_are_not_taken_for_certainty():
    probabilities = np.tile([0.7, 0.3], (24, 1))
    temperature = calibration.fit_temperature(probabilities, np.zeros(24, int))
    assert temperature < 1
    assert 0.8 < calibration.apply_temperature(probabilities, temperature).max() < 0.999


def test_the_threshold_keeps_nearly_all_validation_songs():
    probabilities, _ = world(1000, 1)
    limit = calibration.rejection_threshold(probabilities)
    assert (probabilities.max(axis=1) >= limit).mean() == pytest.approx(0.95, abs=0.002)


def test_auroc_is_one_where_strangers_are_always_less_sure_and_a_half_where_they_are_alike():
    sure, unsure = np.tile([0.9, 0.1], (4, 1)), np.tile([0.6, 0.4], (3, 1))
    assert calibration.open_set_auroc(sure, unsure) == 1
    assert calibration.open_set_auroc(sure, sure) == 0.5
