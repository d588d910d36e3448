from app.comparison_logs import failure_reason
from musicregion.storage.paths import COMPARISON_LOGS


def test_an_experiment_that_another_process_took_over_is_read_from_its_log(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    COMPARISON_LOGS.mkdir(parents=True)
    printed = "Reproducing experiment 'compare-{}'\n{}\nERROR: failed to reproduce 'train'\n"
    texts = printed.format("dense", "fine"), printed.format("cnn", "no memory")
    (COMPARISON_LOGS / "dense.log").write_text("".join(texts))
    (COMPARISON_LOGS / "cnn.log").write_text("")
    assert failure_reason("cnn") == f"cnn: no memory ({COMPARISON_LOGS / 'dense.log'})"
