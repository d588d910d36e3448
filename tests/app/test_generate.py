"""The real command, with a composer and a judge that know high from low."""

import hashlib
import json
import shutil
from dataclasses import replace

import matplotlib.image
import numpy as np
import pytest
import soundfile
import symusic

from musicregion.composition.palettes import PALETTES
from musicregion.compute import isolated
from musicregion.corpus import folk_rendering
from musicregion.generation import songs
from musicregion.generation.order import Order
from musicregion.generation.songs import SUFFIXES, TRIES
from tests.conftest import REPOSITORY, command


@pytest.fixture(scope="module")
def generate(trained, composing):
    def run(*words, folder, **options):
        given = ["--composer", str(composing), "--model", str(trained), *words]
        start = ["musicregion", "generate"]
        return command(*start, *given, cwd=folder, PYTHONPATH=str(REPOSITORY), **options)

    return run


@pytest.fixture(scope="module")
def two(generate, tmp_path_factory):
    """A folder with two songs of 8 s, and what the command said."""
    folder = tmp_path_factory.mktemp("two")
    told = generate("--region", "low", "--seconds", "8", "--count", "2", folder=folder)
    return folder / "songs", told


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_each_song_has_notes_sound_picture_and_card(two):
    folder, told = two
    names = [f"low-1-{number:02}{suffix}" for number in (1, 2) for suffix in SUFFIXES]
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)
    for stem in ("low-1-01", "low-1-02"):
        assert f"{stem}.flac: " in told
        assert symusic.Score.from_midi((folder / f"{stem}.mid").read_bytes()).note_num() > 20
        wave, rate = soundfile.read(folder / f"{stem}.flac")
        assert len(wave) == 8 * rate
        assert np.abs(wave).max() > 0.02
        picture = matplotlib.image.imread(folder / f"{stem}.png")
        assert len(np.unique(picture.reshape(-1, 4), axis=0)) > 20
    assert (folder / "low-1-01.mid").read_bytes() != (folder / "low-1-02.mid").read_bytes()


def test_the_card_says_what_is_asked_judged_and_copied(two):
    card = json.loads((two[0] / "low-1-02.json").read_text())
    asked = {"region": "Low", "seconds": 8.0, "seed": 1, "number": 2, "guided": True}
    assert card.items() >= asked.items()
    assert card["tries"] == TRIES
    assert "corpus" in card["judge"]["model"]
    assert sum(card["judge"]["probabilities"].values()) == pytest.approx(1, abs=1e-3)
    assert card["palette"] in PALETTES
    assert card["novelty"]["longest_run_notes"] >= 2  # it has only ever heard one scale
    assert card["novelty"]["shared_with"].startswith(("Low", "High"))
    assert card["composer"]["notes"] is True


def test_the_same_seed_is_the_same_bytes(generate, two, tmp_path):
    generate("--region", "Low", "--seconds", "8", folder=tmp_path)
    first = {name: value for name, value in digests(two[0]).items() if "-01" in name}
    assert digests(tmp_path / "songs") == first


def test_another_seed_region_song_or_try_is_other_music(tmp_path):
    order = Order(tmp_path, None, "Low", 8.0, 1)
    others = [replace(order, seed=2), replace(order, region="High"), order, order]
    numbers = [(0, 0), (0, 0), (1, 0), (0, 1)]
    drawn = {folk_rendering.seeded_generator(order.seed, order.region, 0, 0).random()}
    drawn |= {
        folk_rendering.seeded_generator(one.seed, one.region, *pair).random()
        for one, pair in zip(others, numbers, strict=True)
    }
    assert len(drawn) == 5


def test_the_guide_keeps_the_try_that_it_likes_best(monkeypatch, tmp_path):
    likings = iter([0.2, 0.9, 0.4, 0.1, 0.3, 0.2, 0.5, 0.6])

    def each(task, items, jobs):
        for order, _, numbers, target in items:
            score = symusic.Score(480)
            score.tracks.append(symusic.Track())
            score.tracks[0].notes.append(symusic.Note(0, 480, 60 + numbers[1], 90))
            target.with_suffix(".mid").write_bytes(score.dumps_midi())
            target.with_suffix(".flac").write_bytes(str(numbers).encode())
            yield {"probabilities": {order.region: next(likings)}}

    monkeypatch.setattr(isolated, "map_isolated", each)
    guide = tmp_path / "models"
    guide.mkdir()
    params = {"model": "svm", "features": "mfcc", "corpus": "folk"}
    (guide / "card.json").write_text(json.dumps({"params": params}))
    order = Order(tmp_path, guide, "Ireland", 10.0, 1)
    writer = {"corpus": "folk", "notes": True, "validation": {}}
    found = list(songs.make_songs(order, writer, 2, True, tmp_path / "out", lambda: None))
    kept = [song.stem.with_suffix(".flac").read_text() for song in found]
    assert kept == ["(0, 1)", "(1, 3)"]
    assert not list((tmp_path / "out").glob(".songs-*"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--region", "Middle"], "none of the regions High, Low"),
        (["--region", "low", "--seconds", "1e6"], "--seconds 1e+06 is not from 5 to 600 seconds"),
        (["--region", "low", "--seconds", "nan"], "--seconds nan"),
        (["--region", "low", "--count", "0"], "--count 0 is not from 1"),
        (["--region", "low", "--seed", "-1"], "--seed -1"),
        (["--region", "low", "--soundfont", "none.sf2"], "none.sf2: no such file"),
        (["--region", "low", "--soundfont", "params.yaml"], "not a soundfont"),
        (["--region", "low", "--out", "params.yaml"], "--out params.yaml: File exists"),
        (["--region", "low", "--composer", "nowhere"], "no model of notes"),
        (["--region", "low", "--model", "models"], "no model there"),
        (["--region", "low", "--model", "models", "--no-guide"], "a model must choose them"),
    ],
)
def test_a_mistake_is_a_sentence(generate, tmp_path, words, said):
    shutil.copy(REPOSITORY / "params.yaml", tmp_path)
    told = generate(*words, folder=tmp_path, fails=True)
    assert said in told
    assert "Traceback" not in told
    assert not (tmp_path / "songs").exists() or not list((tmp_path / "songs").iterdir())


def test_a_composer_that_was_not_trained_or_is_damaged_is_a_sentence(generate, composing, tmp_path):
    folder = tmp_path / "composer"
    folder.mkdir()
    (folder / "card.json").write_text('{"trained": false}')
    words = ["--region", "low", "--composer", str(folder)]
    assert "compose.epochs=40" in generate(*words, folder=tmp_path, fails=True)
    shutil.rmtree(folder)
    shutil.copytree(composing, folder)
    (folder / "decoder.npz").write_bytes(b"half a fi")
    told = generate(*words, folder=tmp_path, fails=True)
    assert "damaged" in told
    assert "Traceback" not in told


def test_a_judge_that_does_not_know_the_region_is_a_sentence(generate, trained, tmp_path):
    folder = shutil.copytree(trained, tmp_path / "models")
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps(card | {"regions": ["High", "Deep"]}))
    told = generate("--region", "low", "--model", str(folder), folder=tmp_path, fails=True)
    assert "cannot judge Low" in told


def test_neither_tensorflow_nor_librosa_is_waited_for(composing, trained, tmp_path):
    code = (
        "import sys; from musicregion.generation import candidate; "
        "print([name for name in ('tensorflow', 'keras', 'librosa', 'sklearn') "
        "if name in sys.modules])"
    )
    assert command("python", "-c", code, cwd=REPOSITORY).strip().endswith("[]")
