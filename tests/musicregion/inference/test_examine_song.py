"""What a page shows of a song: the prediction, its pictures, the map, clips of training songs."""

import base64
import io
import shutil

import numpy as np
import pytest
import soundfile

from musicregion.errors import Undecodable
from musicregion.inference.examine_file import examine_file
from musicregion.inference.predict_file import predict_file
from musicregion.storage.paths import TRAINING_SONGS, segment_file
from tests.conftest import RATE, tone


@pytest.fixture
def examined(trained, tmp_path, monkeypatch):
    """High, where the segments of all training songs but one are there, and one is damaged."""
    monkeypatch.chdir(tmp_path)
    for number in range(12):
        path = segment_file("High", f"0-{number:02}")
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, tone(12, 1500), RATE)
    song = tmp_path / "high.wav"
    soundfile.write(song, tone(8, 1500 * 1.13), RATE)
    first, second = examine_file(trained, song).neighbours[:2]
    segment_file("High", f"0-{first:02}").unlink()
    segment_file("High", f"0-{second:02}").write_bytes(b"damaged")
    return examine_file(trained, song)


def test_the_prediction_is_that_of_the_command(examined, trained, tmp_path):
    assert examined.prediction == predict_file(trained, tmp_path / "high.wav")
    assert examined.sound.duration_s == examined.prediction.duration_s


def test_the_neighbours_on_the_map_are_the_nearest_songs_of_the_prediction(examined):
    titles = [examined.map.titles[row] for row in examined.neighbours]
    assert titles == [song.title for song in examined.prediction.nearest]


def test_a_training_song_has_a_clip_where_its_segments_are(examined):
    assert [clip is not None for clip in examined.clips] == [False, False, True]
    assert examined.clips[2].duration_s == 8
    assert base64.b64decode(examined.clips[2].data)[:4] == b"\x1aE\xdf\xa3"  # WebM


def test_a_model_of_an_older_version_predicts_and_has_a_map_without_clips(
    examined, trained, tmp_path
):
    older = shutil.copytree(trained, tmp_path / "older")
    with np.load(trained / TRAINING_SONGS) as file:
        arrays = {name: array for name, array in file.items() if name != "ids"}
    file = io.BytesIO()
    np.savez(file, **arrays)
    (older / TRAINING_SONGS).write_bytes(file.getvalue())
    again = examine_file(older, tmp_path / "high.wav")
    assert again.prediction == examined.prediction
    assert again.map == examined.map
    assert again.clips == [None] * 3


def test_what_is_no_song_is_refused_as_by_the_command(trained, tmp_path):
    (tmp_path / "song.mp3").write_bytes(b"garbage" * 99)
    with pytest.raises(Undecodable):
        examine_file(trained, tmp_path / "song.mp3")
