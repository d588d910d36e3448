"""Compose learns from passages on a grid or true tunes, and no song is in two parts."""

import numpy as np
import pytest

from musicregion.composition import pieces
from musicregion.composition.vocabulary import GRID
from musicregion.config import params
from musicregion.errors import ConfigError
from musicregion.storage import array_store, paths, tables


def transcription(tempo, bars=16, shake=0.0, seed=0):
    """Eighths and some quarters as transcribe gives them, [note, (start, end, pitch, strength)]."""
    random = np.random.default_rng(seed)
    beat = 60 / tempo
    starts = np.arange(bars * 8) * beat / 2 + random.normal(0, shake, bars * 8) + 0.3
    pitches = random.choice([60, 62, 64, 67, 69], len(starts))
    return np.stack([starts, starts + beat / 2, pitches, np.ones(len(starts))], 1)


@pytest.mark.parametrize("tempo", [84, 97.5, 120, 151])
def test_the_tempo_puts_notes_on_a_grid(tempo):
    """Half or double of the true tempo has the same grid of sixteenths, or nearly."""
    estimate = pieces.estimate_tempo(transcription(tempo, shake=0.01)[:, 0])
    ratio = estimate / tempo
    assert min(abs(ratio - near) for near in (0.5, 2 / 3, 1, 4 / 3, 1.5, 2)) < 0.02


def test_a_transcribed_song_is_cut_into_passages_without_losing_a_note():
    song = transcription(120, bars=20, shake=0.005)
    passages = pieces.cut_passages(song, "s1", "Coast")
    assert sum(len(piece.notes) for piece in passages) == len(song)
    assert len(passages) >= 2
    for piece in passages:
        assert (piece.notes[:, 0] >= 0).all()
        assert (piece.notes[:, 0] < pieces.PASSAGE * pieces.BAR).all()
        assert (piece.notes[:, 1] > 0).all()
        np.testing.assert_allclose(piece.notes[:, :2] * GRID % 1, 0, atol=1e-6)
        assert (piece.song, piece.region) == ("s1", "Coast")


def test_the_tonic_is_that_of_the_key_or_of_a_tunes_last_note():
    pitches = np.array([60, 64, 67, 72, 65, 69, 72, 67, 71, 74, 60, 64, 62])
    notes = np.stack([np.arange(13), np.ones(13), pitches], 1).astype(float)
    assert pieces.estimate_tonic(notes) == 0
    assert pieces.estimate_tonic(notes + np.array([0, 0, 3])) == 3
    tunes = pieces.true_pieces(params.load().with_changes({"folk.songs": 6}))
    assert all(piece.tonic == piece.notes[-1, 2] % 12 for piece in tunes)


def test_a_song_of_few_notes_has_no_passage():
    assert pieces.cut_passages(transcription(120, bars=1), "s1", "Coast") == []


def prepare(folder, songs):
    tables.SONGS.write(
        [
            dict.fromkeys(tables.SONGS.columns, "")
            | {"song": song, "region": "Coast", "unknown": False, "duration_s": 40.0}
            for song in songs
        ],
        folder,
    )
    parts = ("train", "validation", "test", "train")
    rows = [
        {"song": song, "region": "Coast", "group": song, "part": part, "fold": fold}
        for fold, (song, part) in enumerate(zip(songs, parts, strict=False))
    ]
    tables.SPLITS.write(rows, folder)


def transcribe(number):
    return transcription(120, seed=number).astype("float32")


def test_no_song_has_passages_in_two_parts(tmp_path, monkeypatch):
    settings = params.load().with_changes({"compose.notes": "transcribed"})
    monkeypatch.chdir(tmp_path)
    songs = ["a", "b", "c", "d"]
    prepare(tmp_path, songs)
    items = {song: (number,) for number, song in enumerate(songs)}
    keys = dict(zip(songs, songs, strict=True))
    array_store.write_array(paths.TRANSCRIPTIONS, "notes", keys, transcribe, items, "transcribe")
    parts = pieces.pieces_by_part(settings)
    names = {part: {piece.song for piece in members} for part, members in parts.items()}
    assert names["train"] == {"a", "d"}
    assert (names["validation"], names["test"]) == ({"b"}, {"c"})


def test_without_a_transcription_the_error_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"transcribe\.songs=all"):
        pieces.transcribed_pieces()


def test_true_notes_need_a_rendered_corpus():
    settings = params.load().model_copy(update={"corpus": "genshin"})
    with pytest.raises(ConfigError, match=r"compose\.notes=transcribed"):
        pieces.true_pieces(settings)


def test_true_tunes_are_those_of_the_songs_and_begin_with_a_bar():
    settings = params.load().with_changes({"folk.songs": 12})
    tunes = pieces.true_pieces(settings)
    assert len({piece.song for piece in tunes}) == 12
    for piece in tunes:
        assert 0 <= piece.notes[0, 0] < piece.bar
        assert len(piece.notes) >= pieces.MIN_NOTES
        assert 30 < piece.tempo < 600
