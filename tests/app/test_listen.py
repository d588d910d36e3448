"""The real command on files and standard input; its bars, in a terminal and elsewhere."""

import io
import os
import pty
import subprocess

from rich.console import Console

from app import listen
from musicregion.inference.predict_window import WindowPrediction
from musicregion.inference.prediction import SimilarSong
from tests.conftest import REPOSITORY, environment


def test_bars_are_as_long_as_probabilities():
    console = Console(file=io.StringIO(), width=46)
    console.print(listen.bar_table({"Low": 0.25, "High": 0.75}, 46))
    high, low = console.file.getvalue().splitlines()
    assert (high.count("█"), low.count("█")) == (27, 9)
    assert high.startswith("High ")
    assert low.endswith(" 0.25")


def test_what_sounds_like_no_region_is_none_of_these():
    songs = [SimilarSong("Dawn", "Coast", "hardly similar", 1.0)]
    console = Console(file=io.StringIO(), width=70)
    for known in (True, False):
        prediction = WindowPrediction({"Coast": 1.0}, known, songs)
        console.print(listen.lines_of(prediction, 60))
    lines = console.file.getvalue().splitlines()
    assert lines[1] == "sounds like: Dawn (Coast, hardly similar)"
    assert lines[3] == "none of these; the nearest: Dawn (Coast, hardly similar)"


def run(trained, stream, **options):
    words = ["musicregion", "listen", stream, "--model", str(trained)]
    return subprocess.run(words, cwd=REPOSITORY, env=environment(), capture_output=True, **options)


def test_a_song_is_predicted_second_by_second_also_from_standard_input(trained, songs):
    song = songs / "low to high.flac"
    done = run(trained, str(song))
    lines = done.stdout.decode().splitlines()
    assert len(lines) == 16 * 3

    def probability(line):
        return float(line.rsplit(maxsplit=1)[1])

    assert probability(lines[0]) < probability(lines[1])  # High, Low
    assert probability(lines[-3]) > probability(lines[-2])
    assert lines[2].startswith(("sounds like: Song 1-", "none of these; the nearest: Song 1-"))
    assert run(trained, "-", input=song.read_bytes()).stdout == done.stdout


def test_in_a_terminal_the_bars_stay_in_place(trained, songs):
    terminal, output = pty.openpty()
    words = ["musicregion", "listen", str(songs / "low to high.flac"), "--model", str(trained)]
    variables = environment() | {"TERM": "xterm", "COLUMNS": "60"}
    process = subprocess.Popen(words, cwd=REPOSITORY, env=variables, stdout=output)
    os.close(output)
    written = b""
    try:
        while part := os.read(terminal, 1 << 16):
            written += part
    except OSError:  # how Linux ends a terminal
        pass
    os.close(terminal)
    assert process.wait(60) == 0
    assert written.count(b"\x1b[1A") >= 15  # up again, for each second after the first
    assert written.count(b"High ") >= 16


def test_a_bad_stream_is_an_error(trained, tmp_path):
    (tmp_path / "song.mp3").write_bytes(b"garbage" * 999)
    for stream in (str(tmp_path / "song.mp3"), str(tmp_path / "none.mp3")):
        done = run(trained, stream)
        assert done.returncode == 1
        assert b"not readable as audio" in done.stderr
        assert b"Traceback" not in done.stderr
