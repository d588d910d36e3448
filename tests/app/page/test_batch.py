"""Many songs of one visitor: every one has a result, and others do not wait for all of them."""

import csv
import os
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

from app.page import batch
from app.page.requests import BATCH, Refused
from musicregion.inference.prediction import SegmentPrediction, SongPrediction

PROBABILITIES = {"Low": 0.9, "High": 0.1}


def prediction(known=True):
    segment = SegmentPrediction(0, 2, PROBABILITIES)
    return SongPrediction(known, 0.5, [], PROBABILITIES, [segment])


def paths(folder, count):
    files = [folder / f"{number:03}.wav" for number in range(count)]
    for file in files:
        file.touch()
    return files


def test_every_song_has_a_result_and_a_failed_one_its_sentence(tmp_path):
    songs = paths(tmp_path, 5)

    def predict(song):
        if song == songs[2]:
            raise Refused("This song has no prediction: silent.")
        return prediction()

    with ThreadPoolExecutor(2) as pool:
        results = dict(batch.predict_batch(songs, predict, pool, 2))
    assert [results[number][0] for number in range(5)] == [song.name for song in songs]
    assert results[2][1] == "This song has no prediction: silent."
    assert all(results[number][1] == prediction() for number in (0, 1, 3, 4))


def test_a_song_that_comes_later_waits_for_two_and_not_for_the_batch(tmp_path):
    order, lock, begun = [], Lock(), Event()

    def predict(song):
        begun.set()
        time.sleep(0.05)
        with lock:
            order.append(song)
        return prediction()

    with ThreadPoolExecutor(2) as pool, ThreadPoolExecutor(1) as visitor:
        songs = paths(tmp_path, 20)
        job = visitor.submit(lambda: list(batch.predict_batch(songs, predict, pool, 2)))
        assert begun.wait(5)
        pool.submit(predict, "later").result(5)
        assert order.index("later") <= 4
        assert len(job.result(10)) == 20


def test_more_songs_than_allowed_are_named_and_not_predicted(tmp_path):
    asked = []

    def predict(song):
        asked.append(song)
        return prediction()

    songs = paths(tmp_path, BATCH + 2)
    with ThreadPoolExecutor(2) as pool:
        results = dict(batch.predict_batch(songs, predict, pool, 2))
    assert sorted(asked) == songs[:BATCH]
    assert [results[number] for number in (BATCH, BATCH + 1)] == [
        (song.name, "Not predicted: it is beyond the 100 songs that can be sent at once.")
        for song in songs[BATCH:]
    ]


def test_songs_that_wait_are_not_taken_for_old_uploads(tmp_path):
    songs = paths(tmp_path, 4)
    for song in songs:
        os.utime(song, (0, 0))
    with ThreadPoolExecutor(1) as pool:
        results = batch.predict_batch(songs, lambda song: prediction(), pool, 1)
        next(results)
        next(results)
        assert time.time() - songs[3].stat().st_mtime < 60
        songs[3].unlink()
        assert len(list(results)) == 2
        assert not songs[3].exists()


def test_a_batch_that_is_left_starts_no_more_songs(tmp_path):
    asked = []
    with ThreadPoolExecutor(1) as pool:
        results = batch.predict_batch(
            paths(tmp_path, 50), lambda song: asked.append(song) or prediction(), pool, 1
        )
        next(results)
        results.close()
        pool.submit(lambda: None).result(5)
    assert len(asked) <= 2


def test_the_table_to_take_away_is_that_of_predict():
    results = [("a, b.wav", prediction()), ("c.wav", prediction(False)), ("d.mp3", "Silent.")]
    rows = list(csv.DictReader(batch.batch_csv(results, ["High", "Low"]).splitlines()))
    assert [row["song"] for row in rows] == ["a, b.wav", "c.wav", "d.mp3"]
    assert [row["region"] for row in rows] == ["Low", "", ""]
    assert rows[0]["p_High"] == "0.1"
    assert rows[2]["reason"] == "Silent."
