"""With a composer and a judge that tell high tones from low ones."""

import hashlib
import json
import re
import shutil

import matplotlib.image
import numpy as np
import pytest
import soundfile
import symusic

from musicregion.composition.palettes import PALETTES
from musicregion.generation.songs import SUFFIXES, TRIES
from musicregion.storage.paths import BASIC_PITCH_WEIGHTS
from tests.conftest import REPOSITORY, command, require_weights


@pytest.fixture(scope="module")
def generate(trained, composing):
    def run(*words, folder, **options):
        given = ["--composer", str(composing), "--model", str(trained), *words]
        start = ["musicregion", "generate"]
        return command(*start, *given, cwd=folder, PYTHONPATH=str(REPOSITORY), **options)

    return run


@pytest.fixture(scope="module")
def two(generate, tmp_path_factory):
    """A folder with two songs of 8 s, and the output of the command."""
    folder = tmp_path_factory.mktemp("two")
    output = generate("--region", "low", "--seconds", "8", "--count", "2", folder=folder)
    return folder / "songs", output


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_each_song_has_notes_score_audio_piano_roll_and_card(two):
    folder, output = two
    names = [f"low-1-{number:02}{suffix}" for number in (1, 2) for suffix in SUFFIXES]
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)
    for stem in ("low-1-01", "low-1-02"):
        assert f"{stem}.flac: " in output
        assert symusic.Score.from_midi((folder / f"{stem}.mid").read_bytes()).note_num() > 20
        wave, rate = soundfile.read(folder / f"{stem}.flac")
        assert len(wave) == 8 * rate
        assert np.abs(wave).max() > 0.02
        title = f"A new song for Low, seed 1, number {stem[-1]}"
        assert title in (folder / f"{stem}.abc").read_text()
        assert "<score-partwise" in (folder / f"{stem}.musicxml").read_text()
        assert 'class="note"' in (folder / f"{stem}.svg").read_text()
        picture = matplotlib.image.imread(folder / f"{stem}.png")
        assert len(np.unique(picture.reshape(-1, 4), axis=0)) > 20
    assert (folder / "low-1-01.mid").read_bytes() != (folder / "low-1-02.mid").read_bytes()


def test_the_card_holds_the_order_the_judgement_and_what_is_copied(two):
    card = json.loads((two[0] / "low-1-02.json").read_text())
    order = {"region": "Low", "seconds": 8.0, "seed": 1, "number": 2, "guided": True}
    assert card.items() >= order.items()
    assert card["tries"] == TRIES
    assert "corpus" in card["judge"]["model"]
    assert sum(card["judge"]["probabilities"].values()) == pytest.approx(1, abs=1e-3)
    assert card["palette"] in PALETTES
    assert card["novelty"]["longest_run_notes"] >= 2  # it was trained on scales alone
    assert card["novelty"]["shared_with"].startswith(("Low", "High"))
    assert card["composer"]["notes"] is True


def test_the_same_seed_is_the_same_bytes(generate, two, tmp_path):
    generate("--region", "Low", "--seconds", "8", folder=tmp_path)
    first = {name: value for name, value in digests(two[0]).items() if "-01" in name}
    assert digests(tmp_path / "songs") == first


@pytest.mark.slow
def test_a_song_like_another_one(generate, two, tmp_path):
    weights = tmp_path / BASIC_PITCH_WEIGHTS
    weights.parent.mkdir(parents=True)
    shutil.copy(require_weights(BASIC_PITCH_WEIGHTS), weights)
    song = two[0] / "low-1-02.flac"
    output = generate("--like", str(song), "--seconds", "8", folder=tmp_path)
    (path,) = (tmp_path / "songs").glob("*.json")
    card = json.loads(path.read_text())
    heard = card["like"]
    said = f"{song}: {card['region']} 0.\\d\\d(, but it sounds like none of the regions)?; "
    said += f"{heard['tempo_bpm']:.0f} beats a minute, {heard['key']}, instruments most like "
    assert re.search(said + card["palette"], output)
    assert heard["song"] == "low-1-02.flac"
    assert card["key"].split()[0] == heard["key"].split()[0]  # the tonic
    options = "--region", "high", "--like", str(song), "--seconds", "8", "--no-guide"
    output = generate(*options, folder=tmp_path)
    assert f"{song}: as asked for, High; " in output
    assert json.loads((tmp_path / "songs/high-1-01.json").read_text())["like"] == heard


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "name a --region, or a song with --like"),
        (["--like", "song.mp3"], "--like song.mp3: no such file"),
        (["--like", "params.yaml"], "--like params.yaml: not readable"),
        (["--like", "params.yaml", "--model", "models", "--no-guide"], "needs a model"),
        (["--region", "Middle"], "none of the regions High, Low"),
        (["--region", "low", "--seconds", "1e6"], "--seconds 1e+06 is not from 5 to 600 seconds"),
        (["--region", "low", "--seconds", "nan"], "--seconds nan"),
        (["--region", "low", "--count", "0"], "--count 0 is not from 1"),
        (["--region", "low", "--seed", "-1"], "--seed -1"),
        (["--region", "low", "--soundfont", "none.sf2"], "none.sf2: no such file"),
        (["--region", "low", "--soundfont", "params.yaml"], "not a soundfont"),
        (["--region", "low", "--form", "aab"], "The form 'aab' is not"),
        (["--region", "low", "--out", "params.yaml"], "--out params.yaml: File exists"),
        (["--region", "low", "--composer", "nowhere"], "no model of notes"),
        (["--region", "low", "--model", "models"], "no model there"),
        (["--region", "low", "--model", "models", "--no-guide"], "a model must choose them"),
    ],
)
def test_a_mistake_is_a_sentence(generate, tmp_path, words, message):
    shutil.copy(REPOSITORY / "params.yaml", tmp_path)
    output = generate(*words, folder=tmp_path, fails=True, here=True)
    assert message in output
    assert "Traceback" not in output
    assert not (tmp_path / "songs").exists() or not list((tmp_path / "songs").iterdir())


def test_a_composer_that_was_not_trained_or_is_damaged_is_a_sentence(generate, composing, tmp_path):
    folder = tmp_path / "composer"
    folder.mkdir()
    words = ["--region", "low", "--composer", str(folder)]
    (folder / "card.json").write_text('{"trained": true}')
    assert "of an earlier version" in generate(*words, folder=tmp_path, fails=True, here=True)
    (folder / "card.json").write_text('{"trained": false}')
    assert "compose.epochs=40" in generate(*words, folder=tmp_path, fails=True, here=True)
    shutil.rmtree(folder)
    shutil.copytree(composing, folder)
    (folder / "decoder.onnx").write_bytes(b"half a fi")
    output = generate(*words, folder=tmp_path, fails=True, here=True)
    assert "damaged" in output
    assert "Traceback" not in output
    (folder / "decoder.onnx").rename(folder / "decoder.npz")  # its form until it was a graph
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps(card | {"tokens": 2}))
    output = generate(*words, folder=tmp_path, fails=True, here=True)
    assert "of an earlier version" in output
    assert "compose.epochs=40" in output


def test_a_judge_that_does_not_know_the_region_is_a_sentence(generate, trained, tmp_path):
    folder = shutil.copytree(trained, tmp_path / "models")
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps(card | {"regions": ["High", "Deep"]}))
    output = generate(
        "--region", "low", "--model", str(folder), folder=tmp_path, fails=True, here=True
    )
    assert "cannot judge Low" in output
