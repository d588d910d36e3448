"""A tune comes back out of its MusicXML and ABC files, and its picture has its notes."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
import symusic

from musicregion.generation import score_files
from musicregion.generation.score import write_down

ROWS = [  # a jig in D with an upbeat, quarter beats
    *[(2.5, 0.5, 69), (3, 0.5, 66), (3.5, 0.5, 67), (4, 0.5, 69), (4.5, 1, 71), (5.5, 0.5, 69)],
    *[(6, 1.5, 67), (7.5, 1.5, 64), (9, 0.5, 61), (9.5, 0.5, 64), (10, 0.5, 61), (10.5, 2.5, 62)],
]


@pytest.fixture(scope="module")
def score():
    pieces = [(np.array(ROWS), 3.0), (np.array(ROWS) + np.array([0, 0, 12]), 3.0)]
    return write_down(pieces, True, 150.0, "A new song for Ireland")


def test_musicxml_has_the_notes_the_chords_and_the_repeats(score):
    root = ElementTree.fromstring(score_files.to_musicxml(score))
    semitones = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
    pitches = [
        12 * (int(pitch.findtext("octave")) + 1)
        + semitones[pitch.findtext("step")]
        + int(pitch.findtext("alter", "0"))
        for note in root.iter("note")
        for pitch in note.iter("pitch")
        if not any(tie.get("type") == "stop" for tie in note.iter("tie"))
    ]
    tune = [pitch for _, _, pitch in ROWS]
    assert pitches == tune + [pitch + 12 for pitch in tune]
    assert root.findtext(".//fifths") == "2"
    assert (root.findtext(".//beats"), root.findtext(".//beat-type")) == ("6", "8")
    assert [repeat.get("direction") for repeat in root.iter("repeat")] == [
        "forward",
        "backward",
    ] * 2
    assert [name.text for name in root.iter("root-step")][:1] == ["D"]
    assert root.findtext(".//per-minute") == "100"  # dotted quarters
    first = root.find(".//measure")
    assert len(list(first.iter("note"))) == 1  # an upbeat without rests


def test_abc_is_read_again_with_the_same_notes(score):
    text = score_files.to_abc(score)
    first, second = text.split("\n\n")
    for tune, octave in ((first, 0), (second, 12)):
        again = symusic.Score.from_abc(tune.replace("|:", "").replace(":|", "|"))
        pitches = [note.pitch for note in again.tracks[0].notes]
        assert pitches == [pitch + octave for _, _, pitch in ROWS]
    assert first.splitlines()[-2].startswith('|: z4zA | "D"FGA B2A |')
    for line in ("T:A new song for Ireland, tune 1", "M:6/8", "Q:3/8=100", "K:D"):
        assert line in first.splitlines()


def test_the_picture_shows_every_note(score):
    root = ElementTree.fromstring(score_files.draw_score(score_files.to_musicxml(score)))
    classes = [element.get("class") for element in root.iter()]
    tied = 2  # notes over a bar line
    assert classes.count("note") == 2 * len(ROWS) + tied
    assert classes.count("rest") == 0 + 2  # after the last notes


def test_the_same_score_is_the_same_bytes(score, tmp_path):
    for name in ("one", "two"):
        score_files.write_score(score, tmp_path / name)
    for suffix in (".abc", ".musicxml", ".svg"):
        one, two = ((tmp_path / name).with_suffix(suffix).read_bytes() for name in ("one", "two"))
        assert one == two


def test_a_meter_that_stays_stands_once():
    pieces = [(np.array(ROWS), 3.0), (np.array([(0, 1.5, 77), (1.5, 1.5, 76), (3, 3, 74)]), 3.0)]
    root = ElementTree.fromstring(score_files.to_musicxml(write_down(pieces, True, 150.0, "In D")))
    assert len(list(root.iter("time"))) == 1


def test_names_of_chords_have_no_naturals():
    bars = [(0, 1, 66), (1, 1, 69), (2, 1, 65), (3, 1, 66), (4, 2, 65), (6, 1, 66)]
    bars += [(7, 1.5, 65), (8.5, 0.5, 64), (9, 1, 68), (10, 1, 71), (11, 1, 64), (12, 4, 66)]
    score = write_down([(np.array(bars, float), 4.0)], True, 100.0, "In F sharp minor")
    root = ElementTree.fromstring(score_files.to_musicxml(score))
    assert "E" in [name.text for name in root.iter("root-step")]  # after an E sharp
    assert "0" not in [name.text for name in root.iter("root-alter")]
