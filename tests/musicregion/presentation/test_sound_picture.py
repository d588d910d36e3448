"""A song's pictures show when it is loud, and which frequencies it has."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from musicregion.presentation.sound_picture import BANDS, HEIGHT, LOWEST, WIDTH, draw_sound
from tests.conftest import RATE, tone


@pytest.fixture(scope="module")
def picture():
    """Of a low tone, silence, and a high tone, each of two seconds, in blocks as decoded."""
    song = np.concatenate([tone(2, 220), np.zeros(2 * RATE, "float32"), tone(2, 3520)])
    return draw_sound(np.array_split(song, 7), RATE, 6)


def pixels(picture):
    image = Image.open(io.BytesIO(base64.b64decode(picture.spectrogram)))
    return np.asarray(image.convert("RGB")).sum(axis=2)


def row_of(frequency):
    octaves = np.log2(RATE / 2 / LOWEST)
    return BANDS - 1 - int(BANDS * np.log2(frequency / LOWEST) / octaves)


def test_the_loudness_is_high_where_the_song_is_loud(picture):
    points = [point.split() for point in re.findall(r"\d+ \d+", picture.loudness)][:WIDTH]
    heights = HEIGHT // 2 - np.array(points, int)[:, 1]
    first, second, third = heights.reshape(3, -1)
    assert second[2:-2].max() == 0
    assert min(first.max(), third.max()) > 0.9 * HEIGHT / 2


def test_the_spectrogram_shows_each_tone_when_it_sounds_and_at_its_height(picture):
    image = pixels(picture)
    assert image.shape == (BANDS, WIDTH)
    for moment, pitch in ((WIDTH // 6, 220), (5 * WIDTH // 6, 3520)):
        assert abs(image[:, moment].argmax() - row_of(pitch)) <= 1
    assert image[:, WIDTH // 2].max() < image[:, WIDTH // 6].max() / 4  # silence


def test_time_is_that_of_the_timeline_and_what_is_beyond_is_not_shown(picture):
    song = np.concatenate([tone(2, 220), np.zeros(2 * RATE, "float32"), tone(9, 3520)])
    assert draw_sound([song], RATE, 6).duration_s == 6
    again = draw_sound([song], RATE, 4)
    assert pixels(again)[:, 3 * WIDTH // 4].max() < pixels(again)[:, WIDTH // 4].max() / 4


def test_the_text_tells_the_length_and_where_the_energy_is():
    text = draw_sound([tone(65, 440) + 0.6 * tone(65, 3520)], RATE, 65).text
    assert text.startswith("Spectrogram of 1:05, from 40 to 11025 Hz: half of the energy is below ")
    half, most = re.search(r"energy is below (\d+) Hz, nine tenths below (\d+) Hz\.", text).groups()
    assert 430 < int(half) < 480
    assert 3500 < int(most) < 3800


@pytest.mark.parametrize(("seconds", "times"), [(0.01, 1), (1, 1), (10, 120)])
def test_a_song_may_be_short_or_long(seconds, times):
    picture = draw_sound([tone(seconds)] * times, RATE, seconds * times)
    assert pixels(picture).shape == (BANDS, WIDTH)
