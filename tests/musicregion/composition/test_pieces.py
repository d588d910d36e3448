"""What compose learns from: passages on a grid, true tunes, and no song in two parts."""

import numpy as np
import pytest

from musicregion.composition import pieces
from musicregion.composition.tokens import GRID
from musicregion.config import params
from musicregion.errors import ConfigError
from musicregion.storage import array_store, paths, tables


def heard(tempo, bars=16, shake=0.0, seed=0):
    """Eighths and some quarters as transcribe gives them, [note, (start, end, pitch, strength)]."""
    random = np.random.default_rng(seed)
    beat = 60 / tempo
    starts = np.arange(bars * 8) * beat / 2 + random.normal(0, shake, bars * 8) + 0.3
    pitches = random.choice([60, 62, 64, 67, 69], len(starts))
    return np.stack([starts, starts + beat / 2, pitches, np.ones(len(starts))], 1)


@pytest.mark.parametrize("tempo", [84, 97.5, 120, 151])
def test_the_tempo_puts_notes_on_a_grid(tempo):
    """Half or double of the true tempo has the same grid of sixteenths, or nearly."""
    found = pieces.estimate_tempo(heard(tempo, shake=0.01)[:, 0])
    ratio = found / tempo
    assert min(abs(ratio - whole) for whole in (0.5, 2 / 3, 1, 4 / 3, 1.5, 2)) < 0.02


def test_a_heard_song_becomes_passages_without_losing_a_note():
    song = heard(120, bars=20, shake=0.005)
    found = pieces.cut_passages(song, "s1", "Coast")
    assert sum(len(piece.notes) for piece in found) == len(song)
    assert len(found) >= 2
    for piece in found:
        assert (piece.notes[:, 0] >= 0).all()
        assert (piece.notes[:, 0] < pieces.PASSAGE * pieces.BAR).all()
        assert (piece.notes[:, 1] > 0).all()
        np.testing.assert_allclose(piece.notes[:, :2] * GRID % 1, 0, atol=1e-6)
        assert (piece.song, piece.region) == ("s1", "Coast")


def test_a_song_of_few_notes_has_no_passage():
    assert pieces.cut_passages(heard(120, bars=1), "s1", "Coast") == []


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
        {"song": song, "region": "Coast", "group": song, "part": part, "fold": place}
        for place, (song, part) in enumerate(zip(songs, parts, strict=False))
    ]
    tables.SPLITS.write(rows, folder)


def one(number):
    return heard(120, seed=number).astype("float32")


def test_no_song_has_passages_in_two_parts(tmp_path, monkeypatch):
    settings = params.load().with_changes({"compose.notes": "transcribed"})
    monkeypatch.chdir(tmp_path)
    songs = ["a", "b", "c", "d"]
    prepare(tmp_path, songs)
    items = {song: (place,) for place, song in enumerate(songs)}
    array_store.update_array(
        paths.TRANSCRIPTIONS, "notes", dict.fromkeys(songs, "k"), one, items, "transcribe"
    )
    found = pieces.pieces_by_part(settings)
    names = {part: {piece.song for piece in own} for part, own in found.items()}
    assert names["train"] == {"a", "d"}
    assert (names["validation"], names["test"]) == ({"b"}, {"c"})


def test_without_a_transcription_there_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"transcribe\.songs=all"):
        pieces.transcribed_pieces()


def test_true_notes_of_a_corpus_that_is_not_rendered_are_a_sentence():
    settings = params.load().model_copy(update={"corpus": "genshin"})
    with pytest.raises(ConfigError, match=r"compose\.notes=transcribed"):
        pieces.true_pieces(settings)


def test_true_tunes_are_those_of_the_songs_and_begin_with_a_bar():
    settings = params.load().with_changes({"folk.songs": 12})
    found = pieces.true_pieces(settings)
    assert len({piece.song for piece in found}) == 12
    for piece in found:
        assert 0 <= piece.notes[0, 0] < piece.bar
        assert len(piece.notes) >= pieces.FEWEST
        assert 30 < piece.tempo < 600
