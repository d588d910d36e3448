"""More than 1,000 damaged files: each gives a song or a reason, none hangs or stops the others."""

import random
import time

import numpy as np
import pytest
import soundfile

from musicregion.audio.segmenting import segment_or_reason
from musicregion.compute import parallel
from musicregion.config import params
from musicregion.errors import TaskDied
from tests.conftest import RATE, tone
from tests.musicregion.audio.test_decode import encode

SETTINGS = params.load().segment
FORMATS = ["pcm.wav", "float.wav", "a.flac", "a.mp3", "vorbis.ogg", "opus.ogg", "a.m4a", "a.webm"]
SUBTYPES = {"pcm.wav": "PCM_16", "float.wav": "FLOAT", "vorbis.ogg": "VORBIS", "opus.ogg": "OPUS"}


@pytest.fixture(scope="module")
def intact(tmp_path_factory):
    """The bytes of an audio file of 1.5 s in each format."""
    folder, contents = tmp_path_factory.mktemp("intact"), {}
    for name in FORMATS:
        path = folder / name
        if name == "a.m4a":
            encode(path, tone(1.5, rate=48_000), 48_000, "aac")
        elif name == "a.webm":
            encode(path, tone(1.5, rate=48_000), 48_000, "libopus")
        else:
            soundfile.write(path, tone(1.5, rate=48_000), 48_000, SUBTYPES.get(name))
        contents[name] = path.read_bytes()
    return contents


def damaged(content: bytes, rng: random.Random):
    """Damaged variants of one file, each with the name of its damage."""
    size = len(content)
    for number in range(45):
        yield f"cut-{number}", content[: int(size * (number / 45) ** 2)]
    for number in range(60):
        flipped = bytearray(content)
        # the headers are at the beginning, and matter most
        reach = min(size, 400) if number % 2 else size
        for _ in range(rng.choice([1, 4, 30, 200])):
            flipped[rng.randrange(reach)] = rng.randrange(256)
        yield f"flip-{number}", bytes(flipped)
    for number in range(12):
        start, length = rng.randrange(size), rng.choice([1, 100, 5000])
        yield f"insert-{number}", content[:start] + rng.randbytes(length) + content[start:]
        yield f"hole-{number}", content[:start] + content[start + length :]
    yield (
        "tag",
        b"ID3\x03\x00\x00\x00\x00\x00\x14TIT2\x00\x00\x00\x0a\x00\x00\x01\xe9\xff\xfe\x80\xff\xe0\xf1\xf2\xf3"
        + content,
    )
    yield "twice", content + content


def assert_song_or_reason(result, target):
    if isinstance(result, list):
        assert soundfile.info(target).frames == len(result) * 10 * RATE
        assert np.isfinite(soundfile.read(target)[0]).all()
    else:
        assert str(result)
        assert not target.exists()
    assert not target.with_suffix(".part").exists() or isinstance(result, TaskDied)


def test_a_thousand_damaged_files_are_songs_or_reasons(intact, tmp_path):
    rng = random.Random(1)
    items = []
    for name, content in intact.items():
        ending = name.split(".")[1]
        for number, (damage, variant) in enumerate(damaged(content, rng)):
            wrong = rng.choice([other.split(".")[1] for other in FORMATS])
            path = tmp_path / f"{name}-{damage}.{wrong if number % 5 == 0 else ending}"
            path.write_bytes(variant)
            items.append((path, tmp_path / "out" / f"{path.name}.flac", SETTINGS))
    assert len(items) >= 1000
    begin = time.monotonic()
    results = list(parallel.map_songs(segment_or_reason, items, "fuzz"))
    for (_, target, _), result in zip(items, results, strict=True):
        assert_song_or_reason(result, target)
    good = sum(isinstance(result, list) for result in results)
    assert 200 < good < len(items)  # the damage is neither harmless nor deadly
    print(f"{len(items)} files, {good} songs, {time.monotonic() - begin:.0f} s")


def write_unusual_files(folder):
    """Files that are not damaged, but unusual."""
    rate = 48_000
    soundfile.write(folder / "one-sample.wav", np.zeros(1), rate)
    soundfile.write(folder / "8-kHz.wav", tone(3, rate=8_000), 8_000)
    surround = np.stack([tone(2, rate=192_000)] * 6, axis=1)
    soundfile.write(folder / "192-kHz-5.1.wav", surround, 192_000, "PCM_24")
    soundfile.write(folder / "192-kHz-5.1.flac", surround, 192_000, "PCM_24")
    broken = tone(3, rate=rate)
    broken[::3] = np.nan
    broken[1::7] = np.inf
    soundfile.write(folder / "nan.wav", broken, rate, "FLOAT")
    with soundfile.SoundFile(folder / "bomb.flac", "w", rate, 1, "PCM_16") as file:
        for _ in range(60):  # an hour of silence in a few kilobytes
            file.write(np.zeros(60 * rate, "int16"))
    (folder / "empty.mp3").touch()
    (folder / "folder.mp3").mkdir()
    (folder / "text.ogg").write_text("To be or not to be\n" * 1000)
    (folder / "random.webm").write_bytes(random.Random(1).randbytes(100_000))


def test_unusual_files_are_songs_or_reasons(tmp_path):
    write_unusual_files(tmp_path)
    items = [
        (path, tmp_path / "out" / f"{path.name}.flac", SETTINGS) for path in tmp_path.iterdir()
    ]
    begin = time.monotonic()
    results = dict(
        zip(
            [item[0].name for item in items],
            parallel.map_songs(segment_or_reason, items, "odd"),
            strict=True,
        )
    )
    assert time.monotonic() - begin < 30
    for path, target, _ in items:
        assert_song_or_reason(results[path.name], target)
    for name in ("8-kHz.wav", "192-kHz-5.1.wav", "192-kHz-5.1.flac", "nan.wav"):
        assert isinstance(results[name], list), f"{name}: {results[name]}"
    assert results["bomb.flac"] == "silent"
    assert "too short" in results["one-sample.wav"]
    assert "empty" in results["empty.mp3"]
