import subprocess

import numpy as np

from app import listen
from tests.conftest import RATE, REPOSITORY, environment


def test_each_second_is_judged_with_those_before_it():
    blocks = [np.full(RATE // 2, number, "float32") for number in range(8)]
    found = list(listen.last_windows(blocks, RATE, window=3))
    assert len(found) == 4
    assert [len(window) for window in found] == [3 * RATE] * 4
    assert set(found[0]) == {0, 1}  # looped
    assert sorted(set(found[3])) == [2, 3, 4, 5, 6, 7]


def test_a_long_block_is_many_seconds():
    assert len(list(listen.last_windows([np.zeros(5 * RATE, "float32")], RATE, window=2))) == 5


def test_bars_are_as_long_as_probabilities():
    high, low = listen.draw_bars({"Low": 0.25, "High": 0.75}, 48)
    assert (high.count("█"), low.count("█")) == (27, 9)
    assert high.startswith("High ")
    assert low.endswith(" 0.25")


def run(trained, stream, **more):
    words = ["musicregion", "listen", stream, "--model", str(trained)]
    return subprocess.run(words, cwd=REPOSITORY, env=environment(), capture_output=True, **more)


def test_a_song_is_heard_second_by_second_also_from_standard_input(trained, songs):
    song = songs / "low to high.flac"
    done = run(trained, str(song))
    lines = done.stdout.decode().splitlines()
    assert len(lines) == 16 * 2

    def strength(line):
        return float(line.rsplit(maxsplit=1)[1])

    assert strength(lines[0]) < strength(lines[1])  # High, Low
    assert strength(lines[-2]) > strength(lines[-1])
    assert run(trained, "-", input=song.read_bytes()).stdout == done.stdout


def test_what_is_no_sound_is_a_sentence(trained, tmp_path):
    (tmp_path / "song.mp3").write_bytes(b"garbage" * 999)
    for stream in (str(tmp_path / "song.mp3"), str(tmp_path / "none.mp3")):
        done = run(trained, stream)
        assert done.returncode == 1
        assert b"not readable as audio" in done.stderr
        assert b"Traceback" not in done.stderr
