import numpy as np
import pytest
import soundfile

from musicregion.audio import landmarks
from tests.conftest import RATE
from tests.musicregion.audio.test_decode import encode


def melody(seed: int, seconds: float = 25.0) -> np.ndarray:
    """Plucked notes at random, float32 [sample]: unlike a tone, no two melodies are alike."""
    random = np.random.default_rng(seed)
    wave = np.zeros(round(seconds * RATE))
    for start in np.arange(0, seconds - 0.6, 0.15):
        time = np.arange(round(0.5 * RATE)) / RATE
        pitch = 110 * 2 ** (random.integers(0, 40) / 12)
        note = sum(np.sin(2 * np.pi * pitch * n * time) / n for n in (1, 2, 3, 4))
        place = round((start + random.uniform(0, 0.1)) * RATE)
        wave[place : place + len(time)] += 0.1 * note * np.exp(-6 * time)
    return wave.astype("float32")


def prints(tmp_path, waves):
    found = []
    for number, wave in enumerate(waves):
        path = tmp_path / f"{number}.flac"
        soundfile.write(path, np.clip(wave, -1, 1), RATE)
        found.append(landmarks.extract_landmarks(path))
    return found


def share(tmp_path, one, other):
    found = landmarks.match_landmarks(prints(tmp_path, [one, other]))
    return float(found["share"].max()) if len(found) else 0.0


@pytest.mark.parametrize(
    ("change", "least"),
    [
        (lambda wave: wave * 0.1, 0.7),
        (lambda wave: np.concatenate([wave, wave]), 0.7),
        (lambda wave: wave[round(5.0123 * RATE) : -RATE], 0.3),
        (lambda wave: wave + 0.001 * np.random.default_rng(1).normal(size=len(wave)), 0.3),
    ],
)
def test_a_copy_shares_landmarks_whatever_was_done_to_it(tmp_path, change, least):
    wave = melody(1)
    assert share(tmp_path, wave, change(wave)) > least


def test_another_codec_keeps_landmarks(tmp_path):
    wave = melody(1)
    path = tmp_path / "a.m4a"
    encode(path, wave, RATE, "aac")
    from musicregion.audio.decode import decode

    assert share(tmp_path, wave, np.concatenate(list(decode(path, RATE)))) > 0.2


def test_other_melodies_share_next_to_nothing(tmp_path):
    found = landmarks.match_landmarks(prints(tmp_path, [melody(seed) for seed in range(6)]))
    assert found["share"].max() < 0.02 if len(found) else True


def test_landmarks_do_not_depend_on_where_blocks_end(tmp_path, monkeypatch):
    wave = melody(2)
    (whole,) = prints(tmp_path, [wave])
    monkeypatch.setattr(landmarks, "BLOCK", 1 << 16)
    (blocks,) = prints(tmp_path, [wave])
    common = {tuple(row) for row in whole.tolist()} & {tuple(row) for row in blocks.tolist()}
    assert len(common) > 0.9 * len(whole)


def test_the_offset_says_where_the_copy_begins(tmp_path):
    wave = melody(3)
    found = landmarks.match_landmarks(prints(tmp_path, [wave, wave[100 * landmarks.HOP_LENGTH :]]))
    assert found["offset"].tolist() == [-100]
    assert found["share"].item() > 0.9


@pytest.mark.parametrize("wave", [np.zeros(RATE), np.full(500, 0.5), np.zeros(100)])
def test_sounds_without_peaks_are_like_nothing(tmp_path, wave):
    assert share(tmp_path, wave, wave) == 0


def test_equal_samples_are_copies_also_without_landmarks():
    twins = landmarks.match_identical(["x", "y", "x", "x"])
    assert twins[["a", "b", "share"]].to_numpy().tolist() == [[0, 2, 1], [0, 3, 1]]
