import sys

import numpy as np
import pytest

from benchmarks import processors


def test_without_an_emulator_it_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr(processors, "EMULATOR", "no-such-program")
    monkeypatch.setattr(sys, "argv", ["benchmarks.processors"])
    processors.main()
    assert "apt-get install qemu-user" in capsys.readouterr().out


def test_values_at_the_edge_of_a_step_differ():
    here = np.array([[0.0, 1.0, 1 / 32 - 1e-5]], "float32")
    other = np.array([[0.0, 1.0, 1 / 32 + 1e-5]], "float32")
    rows = {row["step"]: row for row in processors.compare(here, other, "Haswell")}
    assert rows[2**-4]["differ"] == 1
    assert rows[2**-6]["differ"] == 0
    assert rows[2**-4]["expected"] == pytest.approx(2e-5 / 3 * 16, rel=0.01)
