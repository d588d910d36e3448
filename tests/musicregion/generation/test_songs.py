"""New songs: other seeds give other music, the guide chooses, and nothing slow is imported."""

import json
import sys
from dataclasses import replace

import numpy as np
import pytest
import symusic

from musicregion.composition.composer import load_composer
from musicregion.composition.palettes import PALETTES
from musicregion.compute import isolated
from musicregion.errors import ModelError, TaskDied
from musicregion.generation import attempts, candidate, choose_palette, songs
from musicregion.generation.order import Order
from tests.conftest import RATE, REPOSITORY, command

TUNE = np.array([(0, 2, 62), (2, 2, 64), (4, 4, 62)], float)
WRITER = {"corpus": "folk", "notes": True, "validation": {}}  # the card of a composer


def test_seed_region_song_and_try_each_change_the_music(composing, tmp_path, monkeypatch):
    monkeypatch.setattr(candidate.perform, "play_midi", lambda *_: np.zeros(RATE, "float32"))
    writer = load_composer(composing)

    def midi(order, *numbers):
        candidate.write_candidate(writer, order, PALETTES["piano"], numbers, tmp_path / "song")
        return (tmp_path / "song.mid").read_bytes()

    order = Order(composing, None, "Low", 8.0, 1)
    seed, region = replace(order, seed=2), replace(order, region="High")
    same = [midi(order, 0, 0), midi(order, 0, 0)]
    different = [midi(seed, 0, 0), midi(region, 0, 0), midi(order, 1, 0), midi(order, 0, 1)]
    assert len(set(same)) == 1
    assert len({*same, *different}) == 5


def test_a_form_that_is_asked_for_is_that_of_every_piece(composing, tmp_path, monkeypatch):
    monkeypatch.setattr(candidate.perform, "play_midi", lambda *_: np.zeros(RATE, "float32"))
    order = Order(composing, None, "Low", 8.0, 1, form="AABB")
    writer = load_composer(composing)
    facts, pieces = candidate.write_candidate(
        writer, order, PALETTES["piano"], (0,), tmp_path / "a"
    )
    assert facts["form"] == "AABB"
    for notes, bar in pieces:  # sections of two bars, the shortest there are
        section = (notes[:, 0] // (2 * bar)).astype(int)
        starts = notes - np.stack([section * 2 * bar, 0 * section, 0 * section], 1)
        np.testing.assert_array_equal(starts[section == 0], starts[section == 1])
        np.testing.assert_array_equal(starts[section == 2], starts[section == 3])


def fake_tries(scores):
    """In place of isolated.map_isolated: a song of one note for each try, with these scores."""
    remaining, real = iter(scores), isolated.map_isolated

    def map_isolated(task, items, jobs):
        if task is not attempts.make_candidate:  # pictures
            yield from real(task, items, jobs)
            return
        for order, _, numbers, target in items:
            score = symusic.Score(480)
            score.tracks.append(symusic.Track())
            score.tracks[0].notes.append(symusic.Note(0, 480, 60 + numbers[1], 90))
            target.with_suffix(".mid").write_bytes(score.dumps_midi())
            target.with_suffix(".flac").write_bytes(str(numbers).encode())
            score = next(remaining)
            probabilities = None if score is None else {order.region: score}
            yield {"probabilities": probabilities, "tempo_bpm": 100.0}, [(TUNE, 4.0)]

    return map_isolated


@pytest.fixture
def guide(tmp_path):
    folder = tmp_path / "models"
    folder.mkdir()
    params = {"model": "svm", "features": "mfcc", "corpus": "folk"}
    (folder / "card.json").write_text(json.dumps({"params": params, "regions": ["Ireland"]}))
    return folder


def test_the_guide_chooses_the_try_with_the_highest_score(monkeypatch, tmp_path, guide):
    scores = [0.2, 0.9, 0.4, 0.1, 0.3, 0.2, 0.5, 0.6]
    monkeypatch.setattr(isolated, "map_isolated", fake_tries(scores))
    order = Order(tmp_path, guide, "Ireland", 10.0, 1)
    ticks = []
    made = list(
        songs.make_songs(order, WRITER, 2, songs.TRIES, tmp_path / "out", lambda: ticks.append(1))
    )
    assert [song.stem.with_suffix(".flac").read_text() for song in made] == ["(0, 1)", "(1, 3)"]
    assert [song.card["judge"]["probabilities"]["Ireland"] for song in made] == [0.9, 0.6]
    assert all(song.card["guided"] and song.card["tries"] == 4 for song in made)
    assert len(ticks) == 8
    assert not list((tmp_path / "out").glob(".songs-*"))


def test_one_try_needs_no_guide(monkeypatch, tmp_path):
    monkeypatch.setattr(isolated, "map_isolated", fake_tries([None, None]))
    order = Order(tmp_path, None, "Ireland", 10.0, 1)
    made = list(songs.make_songs(order, WRITER, 2, 1, tmp_path / "out", lambda: None))
    assert [song.stem.with_suffix(".flac").read_text() for song in made] == ["(0, 0)", "(1, 0)"]
    assert [song.card["number"] for song in made] == [1, 2]
    for song in made:
        assert (song.card["guided"], song.card["tries"], song.card["judge"]) == (False, 1, None)


def test_the_guide_chooses_the_palette_of_a_region_without_one(monkeypatch, tmp_path, guide):
    def map_isolated(task, items, jobs):
        return (0.9 if target.name == "brass" else 0.1 for _, _, target in items)

    monkeypatch.setattr(isolated, "map_isolated", map_isolated)
    order = Order(tmp_path, guide, "Nowhere", 60.0, 1)
    assert choose_palette.choose_palette(order, "folk") == ("brass", PALETTES["brass"])
    name, palette = choose_palette.choose_palette(replace(order, region="Ireland"), "folk")
    assert name == "the region's own"
    assert palette not in PALETTES.values()
    with pytest.raises(ModelError, match="a model must choose them"):
        choose_palette.choose_palette(replace(order, guide=None), "folk")


def test_a_process_that_dies_is_an_error():
    with pytest.raises(TaskDied, match=r"it crashed.*enough memory"):
        attempts.unwrap(TaskDied("it crashed"))
    with pytest.raises(ValueError, match="no notes"):
        attempts.unwrap(ValueError("no notes"))
    assert attempts.unwrap(0.5) == 0.5


def test_a_song_is_made_and_judged_without_slow_imports(composing, trained, tmp_path):
    code = f"""
import sys
from pathlib import Path
from musicregion.composition.palettes import PALETTES
from musicregion.generation.attempts import make_candidate
from musicregion.generation.order import Order
order = Order(Path({str(composing)!r}), Path({str(trained)!r}), "Low", 6.0, 1)
facts, _ = make_candidate(order, PALETTES["piano"], (0, 0), Path({str(tmp_path / "song")!r}))
print(sorted(facts["probabilities"]))
slow = ("tensorflow", "keras", "librosa", "sklearn", "mlflow")
print([name for name in slow if name in sys.modules])
"""
    output = command(sys.executable, "-c", code, cwd=REPOSITORY)
    assert output.splitlines()[-2:] == ["['High', 'Low']", "[]"]
    assert (tmp_path / "song.flac").stat().st_size > 10_000
