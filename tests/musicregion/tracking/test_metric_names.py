from musicregion.tracking.metric_names import epoch_metrics


def test_curves_have_a_section_of_their_own():
    assert epoch_metrics({"loss": 1.0, "val_loss": 2.0}) == {
        "training/loss": 1.0,
        "training/validation_loss": 2.0,
    }
    assert epoch_metrics({"fold_1/val_accuracy": 0.5}) == {
        "training/fold_1/validation_accuracy": 0.5
    }
