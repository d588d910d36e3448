import os
import subprocess
import sys

import pytest

from musicregion.compute import tensorflow_notices
from tests.conftest import environment

TRAINING = """
import numpy
from musicregion.models.zoo.cnn import keras
network = keras.Sequential([keras.layers.Dense(2)])
network.compile("adam", "mse")
network.fit(numpy.ones((8, 4)), numpy.ones((8, 2)), verbose=0)
"""


@pytest.mark.slow
def test_a_process_that_trains_a_network_prints_no_notices():
    variables = environment()
    variables.pop(tensorflow_notices.LEVEL, None)
    done = subprocess.run(
        [sys.executable, "-c", TRAINING], env=variables, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")


def test_other_messages_are_still_printed(capfd, monkeypatch):
    monkeypatch.setenv(tensorflow_notices.LEVEL, "3")  # what the block sets is undone
    with tensorflow_notices.hide_notices():
        os.write(2, b"I0000 00:00:1795508297.694496   26384 port.cc:153] oneDNN is on.\n")
        os.write(2, b"UserWarning: this version of NumPy is too old\n")
    assert capfd.readouterr().err == "UserWarning: this version of NumPy is too old\n"
