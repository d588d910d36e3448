import numpy as np
import pytest
import soundfile

from musicregion.audio import landmarks
from musicregion.audio.landmark_matching import match_landmarks
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
    result = []
    for number, wave in enumerate(waves):
        path = tmp_path / f"{number}.flac"
        soundfile.write(path, np.clip(wave, -1, 1), RATE)
        result.append(landmarks.extract_landmarks(path))
    return result


def match(tmp_path, waves):
    songs = prints(tmp_path, waves)
    np.save(tmp_path / "landmarks.npy", np.concatenate(songs))
    sizes = np.array([len(song) for song in songs])
    return match_landmarks(tmp_path / "landmarks.npy", sizes, tmp_path / "index")


def share(tmp_path, first, second):
    pairs = match(tmp_path, [first, second])
    return float(pairs["share"].max()) if len(pairs) else 0.0


@pytest.mark.parametrize(
    ("change", "least"),
    [
        (lambda wave: wave * 0.1, 0.7),
        (lambda wave: np.concatenate([wave, wave]), 0.7),
        (lambda wave: wave[round(5.0123 * RATE) : -RATE], 0.3),
        (lambda wave: wave + 0.001 * np.random.default_rng(1).normal(size=len(wave)), 0.3),
    ],
)
def test_an_altered_copy_shares_landmarks(tmp_path, change, least):
    wave = melody(1)
    assert share(tmp_path, wave, change(wave)) > least


def test_another_codec_keeps_landmarks(tmp_path):
    wave = melody(1)
    path = tmp_path / "a.m4a"
    encode(path, wave, RATE, "aac")
    from musicregion.audio.decode import decode

    assert share(tmp_path, wave, np.concatenate(list(decode(path, RATE)))) > 0.2


def test_other_melodies_share_almost_nothing(tmp_path):
    pairs = match(tmp_path, [melody(seed) for seed in range(6)])
    assert pairs["share"].max() < 0.02 if len(pairs) else True


def test_landmarks_do_not_depend_on_where_blocks_end(tmp_path, monkeypatch):
    wave = melody(2)
    (in_one_block,) = prints(tmp_path, [wave])
    monkeypatch.setattr(landmarks, "BLOCK", 1 << 16)
    (blocks,) = prints(tmp_path, [wave])
    common = {tuple(row) for row in in_one_block.tolist()} & {tuple(row) for row in blocks.tolist()}
    assert len(common) > 0.9 * len(in_one_block)


def test_the_offset_is_where_the_copy_begins(tmp_path):
    wave = melody(3)
    copy = wave[100 * landmarks.HOP_LENGTH :]
    pairs = match(tmp_path, [wave, copy])
    assert pairs["offset"].tolist() == [-100]
    assert pairs["share"].item() > 0.9


@pytest.mark.parametrize("wave", [np.zeros(RATE), np.full(500, 0.5), np.zeros(100)])
def test_sounds_without_peaks_share_nothing(tmp_path, wave):
    assert share(tmp_path, wave, wave) == 0
