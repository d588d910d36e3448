"""Predicts one song with a loaded model, and draws it."""

from pathlib import Path

import numpy as np

from musicregion.audio.decode import decode
from musicregion.errors import InputError
from musicregion.inference.examined_song import ExaminedSong
from musicregion.inference.predict_song import (
    NEIGHBOURS,
    extract_song,
    predict_dataset,
    song_dataset,
)
from musicregion.inference.predictor import Predictor
from musicregion.models.training_songs import song_statistics
from musicregion.presentation.clips import LONGEST, Clip, cut_clip
from musicregion.presentation.song_map import place_song
from musicregion.presentation.sound_picture import draw_sound
from musicregion.storage.paths import segment_file


def examine_song(model: Predictor, path: Path, longest: float = float("inf")) -> ExaminedSong:
    """Predict an audio file, and draw it.

    Raises:
        Undecodable: as of extract_song.
    """
    songs = model.songs
    assert songs is not None  # only where features alone are wanted
    features, lengths = extract_song(model, path, longest)
    data = song_dataset(model, features)
    prediction = predict_dataset(model, data, lengths)
    (statistics,) = np.hstack(song_statistics(data, np.arange(len(data))))
    neighbours = [row for row, _ in songs.neighbours(statistics, NEIGHBOURS)]
    rate = model.section("segment").sample_rate
    return ExaminedSong(
        prediction,
        draw_sound(decode(path, rate), rate, prediction.duration_s),
        place_song(songs, statistics),
        neighbours,
        [find_clip(str(songs.regions[row]), str(songs.ids[row])) for row in neighbours],
    )


def find_clip(region: str, song: str) -> Clip | None:
    """A clip of a training song, if its segments are in the work tree."""
    try:
        return cut_clip(segment_file(region, song), LONGEST)
    except InputError:  # missing or damaged
        return None
