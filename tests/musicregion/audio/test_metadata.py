"""Tags of real files in every format, written by soundfile, FFmpeg and mutagen."""

import random

import mutagen
import pytest
import soundfile
from mutagen.id3 import ID3, TALB, TCOM, TPE1

from musicregion.audio.metadata import read_duration, read_tags
from tests.conftest import RATE, tone
from tests.musicregion.audio.test_decode import encode
from tests.musicregion.audio.test_fuzz import damaged

TAGS = {"album": "Wínds of ねこ", "author": "Zoë Ünïcode"}
UNTAGGED = {"album": "", "author": ""}
CODECS = {"a.m4a": "aac", "a.mp4": "aac", "a.webm": "libopus", "a.mka": "libopus"}
CODECS |= {"a.opus": "libopus", "a.mp3": "libmp3lame", "a.wav": "pcm_s16le", "a.flac": "flac"}


def write(path, **tags):
    """A tone, without tags or with those that soundfile or FFmpeg write."""
    if path.name in CODECS:
        encode(path, tone(2, rate=48_000), 48_000, CODECS[path.name], tags)
        return path
    with soundfile.SoundFile(path, "w", RATE, 1) as file:
        for name, text in tags.items():
            setattr(file, name, text)
        file.write(tone(2))
    return path


@pytest.mark.parametrize("name", [*CODECS, "b.wav", "b.flac", "b.ogg"])
def test_tags_are_read_from_every_format(tmp_path, name):
    path = write(tmp_path / name, artist=TAGS["author"], album=TAGS["album"])
    assert read_tags(path) == TAGS
    assert read_duration(path) == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("name", [*CODECS, "b.wav", "b.flac", "b.ogg", "b.mp3", "b.aiff"])
def test_a_file_without_tags_has_empty_ones(tmp_path, name):
    assert read_tags(write(tmp_path / name)) == UNTAGGED


@pytest.mark.parametrize("name", ["a.mp3", "a.m4a", "a.flac", "b.ogg", "a.opus"])
def test_tags_written_by_mutagen_are_read(tmp_path, name):
    file = mutagen.File(write(tmp_path / name), easy=True)
    if file.tags is None:
        file.add_tags()
    file["artist"], file["album"] = [TAGS["author"], "Another"], f"  {TAGS['album']} "
    file.save()
    assert read_tags(tmp_path / name) == TAGS


@pytest.mark.parametrize("name", ["b.wav", "b.aiff", "b.mp3"])
@pytest.mark.parametrize("encoding", [1, 3], ids=["UTF-16", "UTF-8"])
def test_id3_tags_are_read_from_every_format_that_has_them(tmp_path, name, encoding):
    file = mutagen.File(write(tmp_path / name))
    if file.tags is None:
        file.add_tags()
    file.tags.add(TPE1(encoding=encoding, text=TAGS["author"]))
    file.tags.add(TALB(encoding=encoding, text=TAGS["album"]))
    file.save()
    assert read_tags(tmp_path / name) == TAGS


def test_latin_1_is_read_where_a_file_declares_it(tmp_path):
    tags = ID3()
    tags.add(TPE1(encoding=0, text="Zoë"))
    tags.save(write(tmp_path / "b.mp3"))
    assert read_tags(tmp_path / "b.mp3")["author"] == "Zoë"


def test_tags_of_two_kinds_in_a_file_complete_each_other(tmp_path):
    path = write(tmp_path / "b.wav", album=TAGS["album"])
    file = mutagen.File(path)
    file.add_tags()
    file.tags.add(TPE1(encoding=3, text=TAGS["author"]))
    file.save()
    assert read_tags(path) == TAGS


@pytest.mark.parametrize("name", ["a.m4a", "a.webm", "a.flac", "a.mp3", "a.opus"])
def test_the_composer_is_the_author_of_a_file_without_an_artist(tmp_path, name):
    assert read_tags(write(tmp_path / name, composer="Clara"))["author"] == "Clara"
    assert read_tags(write(tmp_path / name, composer="Clara", artist="Ada"))["author"] == "Ada"


def test_an_empty_artist_is_none(tmp_path):
    tags = ID3()
    tags.add(TPE1(encoding=3, text=" "))
    tags.add(TCOM(encoding=3, text="Clara"))
    tags.save(write(tmp_path / "b.mp3"))
    assert read_tags(tmp_path / "b.mp3")["author"] == "Clara"


@pytest.mark.parametrize("name", ["a.mp3", "a.m4a", "a.webm", "b.wav", "b.flac", "b.ogg"])
def test_damaged_files_have_tags_or_none(tmp_path, name):
    path = write(tmp_path / name, artist=TAGS["author"], album=TAGS["album"])
    content, errors = path.read_bytes(), 0
    for _, variant in damaged(content, random.Random(1)):
        path.write_bytes(variant)
        tags = read_tags(path)
        assert set(tags) == {"album", "author"}
        assert all(isinstance(text, str) for text in tags.values())
        duration = read_duration(path)
        assert duration is None or isinstance(duration, float)
        try:
            mutagen.File(path)
        except Exception:
            errors += 1
    assert errors or name == "a.webm"  # the damage does reach mutagen


def test_a_file_that_is_not_there_or_no_audio_has_no_tags(tmp_path):
    assert read_tags(tmp_path / "missing.mp3") == UNTAGGED
    (tmp_path / "text.mp3").write_text("not music")
    assert read_tags(tmp_path / "text.mp3") == UNTAGGED
    (tmp_path / "list.m3u8").write_text("#EXTM3U\nfile:///etc/hostname\n")
    assert read_tags(tmp_path / "list.m3u8") == UNTAGGED
