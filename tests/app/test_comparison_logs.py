from app.comparison_logs import failure_reason, read_lines
from musicregion.storage.paths import COMPARISON_LOGS


def test_an_experiment_that_another_process_took_over_is_read_from_its_log(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    COMPARISON_LOGS.mkdir(parents=True)
    printed = "Reproducing experiment 'compare-{}'\n{}\nERROR: failed to reproduce 'train'\n"
    texts = printed.format("dense", "fine"), printed.format("cnn", "no memory")
    (COMPARISON_LOGS / "dense.log").write_text("".join(texts))
    (COMPARISON_LOGS / "cnn.log").write_text("")
    assert failure_reason("cnn") == f"cnn: no memory ({COMPARISON_LOGS / 'dense.log'})"


def test_a_log_is_read_as_a_terminal_shows_it(tmp_path):
    log = tmp_path / "log"
    log.write_bytes(b"\x1b[1mfirst\x1b[0m\r\n\n\rbar 0%\rbar 50%\r \xff\rbar 100%\r\nlast\r")
    assert read_lines(log) == ["first", "bar 100%", "last"]
    log.write_bytes(b"")
    assert read_lines(log) == [""]
