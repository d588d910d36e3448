import subprocess
import sys

import pytest

from musicregion.compute.server_start import wait_for_server


def server(code):
    return subprocess.Popen([sys.executable, "-c", code])


def test_a_server_that_is_late_is_waited_for(tmp_path):
    ready = tmp_path / "ready"
    code = f"import pathlib, time; time.sleep(0.3); pathlib.Path({str(ready)!r}).touch()"
    with server(f"{code}; time.sleep(60)") as process:
        wait_for_server(lambda: ready.read_text(), process, patience=30)
        assert ready.exists()
        process.kill()


@pytest.mark.parametrize(("code", "patience"), [("", 60), ("import time; time.sleep(60)", 0.3)])
def test_a_server_that_ended_or_hangs_raises_what_kept_us_from_it(tmp_path, code, patience):
    with server(code) as process:
        with pytest.raises(FileNotFoundError):
            wait_for_server((tmp_path / "ready").read_text, process, patience)
        process.kill()
