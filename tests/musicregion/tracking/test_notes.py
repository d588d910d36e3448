from musicregion.tracking import notes

BEFORE = "model: svm\ntrain: {epochs: 60, seed: 1}\ncnn: {filters: [32, 32]}\n"


def test_changed_params_are_written_as_dvc_takes_them():
    after = "model: cnn\ntrain: {epochs: 4, seed: 1}\ncnn: {filters: [8, 8]}\n"
    changes = notes.settings_for_dvc(BEFORE, after)
    assert changes == ["model=cnn", "train.epochs=4", "cnn.filters=[8, 8]"]
    assert notes.commands_for_changes("0a1b", changes, "small") == [
        "git checkout 0a1b",
        "dvc exp run -n small -S model=cnn -S train.epochs=4 -S 'cnn.filters=[8, 8]'",
        "dvc exp apply small  # instead, without training",
    ]


def test_without_changes_the_pipeline_is_reproduced():
    assert notes.settings_for_dvc(BEFORE, BEFORE) == []
    assert notes.commands_for_changes("0a1b", [], "") == ["git checkout 0a1b", "dvc repro"]
