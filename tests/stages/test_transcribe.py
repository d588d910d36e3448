"""The real network on tones whose notes are known."""

import sys

import numpy as np
import pytest
import soundfile
import symusic

from musicregion.config import params
from musicregion.storage import paths, tables
from musicregion.transcription import basic_pitch, midi_files
from stages import transcribe
from tests.conftest import require_weights
from tests.prepared import prepared, write_params

SETTINGS = params.load().transcribe.model_copy(update={"songs": "all"})
MELODY = (60, 64, 67, 72, 67, 64, 62, 60)


@pytest.fixture(scope="module")
def weights():
    return require_weights(paths.BASIC_PITCH_WEIGHTS)


def plucked(pitch, seconds=0.5, rate=22_050):
    """A note of a string, float32 [sample]."""
    time = np.arange(round(seconds * rate)) / rate
    tone = 440 * 2 ** ((pitch - 69) / 12)
    partials = sum(np.sin(2 * np.pi * tone * n * time) / n**1.5 for n in range(1, 6))
    attack = np.minimum(1, time / 0.005)
    return (0.3 * attack * np.exp(-3 * time) * partials).astype("float32")


def melody(silence=0.25):
    return np.concatenate([np.zeros(round(silence * 22_050)), *map(plucked, MELODY)])


def test_a_melody_is_transcribed_note_by_note(weights, tmp_path):
    soundfile.write(tmp_path / "song.wav", melody(), 22_050)
    notes = basic_pitch.transcribe(tmp_path / "song.wav", SETTINGS, weights)
    for number, pitch in enumerate(MELODY):
        near = np.abs(notes[:, 0] - (0.25 + 0.5 * number)) < 0.05
        assert pitch in notes[near, 2]
    assert len(notes) <= len(MELODY) + 2
    assert (notes[:, 1] > notes[:, 0]).all()
    assert notes.dtype == np.float32


def test_a_note_is_transcribed_the_same_at_any_time(weights, tmp_path):
    """Even at the end of one of the network's windows: none is lost, doubled or moved."""
    for silence in (0.25, 1.5, 3.1, 4.7):
        soundfile.write(tmp_path / "song.wav", melody(silence), 22_050)
        notes = basic_pitch.transcribe(tmp_path / "song.wav", SETTINGS, weights)
        starts = [notes[notes[:, 2] == pitch, 0] for pitch in (62, 72)]
        expected = (silence + 0.5 * 6, silence + 0.5 * 3)
        for start, time in zip(starts, expected, strict=True):
            assert start == pytest.approx([time], abs=0.04)


def test_silence_has_no_notes(weights, tmp_path):
    soundfile.write(tmp_path / "song.wav", np.zeros(50_000), 22_050)
    assert basic_pitch.transcribe(tmp_path / "song.wav", SETTINGS, weights).shape == (0, 4)


def test_the_midi_file_holds_the_notes(tmp_path):
    notes = np.array([[0.5, 1.0, 60, 0.5], [1.0, 1.25, 67, 1]], "float32")
    for name in "ab":
        midi_files.write_midi(notes, tmp_path / f"{name}.mid")
    assert (tmp_path / "a.mid").read_bytes() == (tmp_path / "b.mid").read_bytes()
    (track,) = symusic.Score(tmp_path / "a.mid").to("second").tracks
    rows = [(note.start, note.end, note.pitch, note.velocity) for note in track.notes]
    assert rows == [(0.5, 1.0, 60, 64), (1.0, 1.25, 67, 127)]


def test_the_stage_transcribes_only_new_songs_and_nothing_unless_told_to(
    weights, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(sys, "argv", ["transcribe"])
    folder = prepared(tmp_path / "project", "transcribe.songs=all")
    (folder / paths.BASIC_PITCH_WEIGHTS).parent.mkdir()
    (folder / paths.BASIC_PITCH_WEIGHTS).symlink_to(weights)
    songs = tables.SONGS.read(folder).iloc[:2]
    for path in songs["path"]:
        soundfile.write(folder / path, melody(), 22_050)
    monkeypatch.chdir(folder)

    def run():
        transcribe.main()
        return "".join(capsys.readouterr())

    def transcribe_first(count):
        table = songs.assign(sha256=[f"{name}-1" for name in songs["song"]]).iloc[:count]
        tables.SONGS.write(table)
        return run()

    assert "of 1 songs" in transcribe_first(1)
    output = transcribe_first(2)
    assert "of 2 songs" in output
    assert "1/1" in output  # one is new, the other was transcribed before
    files = sorted(path.name for path in (folder / paths.MIDI).rglob("*.mid"))
    assert files == ["s00.mid", "s01.mid"]
    index = tables.array_index(folder / paths.TRANSCRIPTIONS, "notes").read()
    array = np.load(folder / paths.TRANSCRIPTIONS / "notes.npy")
    assert array.shape == (index["rows"].sum(), 4)
    assert transcribe_first(1)
    assert len(list((folder / paths.MIDI).rglob("*.mid"))) == 1
    write_params(folder, "transcribe.songs=none")
    assert run() == ""
    assert [path.name for path in (folder / paths.TRANSCRIPTIONS).iterdir()] == ["notes.csv"]
