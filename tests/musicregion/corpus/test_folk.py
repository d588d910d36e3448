import numpy as np
import pytest

from musicregion.compute.silence import silence
from musicregion.config import corpus
from musicregion.corpus import folk
from musicregion.errors import ConfigError
from musicregion.rendering import abc, arrange, orchestrate, synthesis
from musicregion.rendering.tune import Tune

SHARES = {"a": 40, "b": 26, "c": 20, "d": 14, "e": 12, "f": 8}


@pytest.fixture(scope="module")
def recipes():
    return folk.choose_recipes(corpus.load("folk"), 120, 1)


def test_songs_are_divided_exactly():
    assert folk.allocate(SHARES, 120) == SHARES
    for songs in (1, 7, 48, 1200):
        assert sum(folk.allocate(SHARES, songs).values()) == songs


def test_the_default_corpus_is_unequal_on_purpose(recipes):
    counts = np.unique([recipe.region for recipe in recipes], return_counts=True)[1]
    assert (counts.sum(), counts.max(), counts.min()) == (120, 40, 8)


def test_no_melody_is_in_two_songs(recipes):
    tunes = [tune for recipe in recipes for tune in recipe.tunes]
    beginnings = {tuple(np.diff(tune.notes[:16, 2])) for tune in tunes}
    assert len(beginnings) == len(tunes)
    assert len({tune.title for tune in tunes}) == len(tunes)
    assert all(1 <= len(recipe.tunes) <= 3 for recipe in recipes)


@pytest.mark.slow
def test_there_are_tunes_for_ten_times_as_many_songs():
    assert len(folk.choose_recipes(corpus.load("folk"), 1200, 1)) == 1200


def test_the_same_seed_chooses_the_same_tunes_and_another_seed_others(recipes):
    def titles(songs):
        return [tune.title for recipe in songs for tune in recipe.tunes]

    assert titles(folk.choose_recipes(corpus.load("folk"), 120, 1)) == titles(recipes)
    assert titles(folk.choose_recipes(corpus.load("folk"), 120, 2)) != titles(recipes)


def test_too_many_songs_name_the_region_that_runs_out_of_tunes():
    regions = corpus.load("folk").regions
    few = regions["America"].sources[0].model_copy(update={"folk": ["ryansMammoth/B*.abc"]})
    small = corpus.Corpus(regions={"Ireland": regions["Ireland"], "America": {"sources": [few]}})
    with pytest.raises(
        ConfigError, match=r"folk\.songs is 300: America has tunes for \d+ songs only"
    ):
        folk.choose_recipes(small, 300, 1)


def test_a_tune_is_read_with_its_pitches_lengths_and_upbeat():
    text = "X:1\nT:Scale\nM:3/4\nL:1/4\nK:C\nC|DEF|GAB|c2d|efg|agf|edc|BAG|FED|C3|\n"
    with silence():
        tune = abc.parse_tune(text)
    assert tune.title == "Scale"
    assert tune.notes[:4, 2].tolist() == [60, 62, 64, 65]
    assert tune.bar == 3
    assert tune.upbeat == pytest.approx(1)
    assert tune.notes[7].tolist() == pytest.approx([7, 2, 72])


def test_damaged_abc_gives_no_tune():
    with silence():
        assert abc.parse_tune("X:1\nT:nothing\nK:C\n") is None


def test_harmony_of_a_major_scale_is_its_tonic_triad():
    notes = np.array([(0, 1, 60), (1, 1, 64), (2, 1, 67), (3, 1, 60)], float)
    assert set(arrange.fit_chord(Tune("C", notes, 4, 0), 0)) == {0, 4, 7}


def test_every_figure_plays_within_its_bar():
    for figure in arrange.FIGURES:
        for bar in (2.0, 3.0, 4.5):
            chords, bass = arrange.accompany_bar(figure, (0, 4, 7), 0, bar)
            assert chords
            assert bass
            assert all(0 <= start < bar for start, *_ in chords + bass)


def test_the_same_song_has_the_same_samples_and_the_requested_length(recipes):
    palette = corpus.load("folk").regions["Germany"].sources[0].palette

    def song(seed):
        random = np.random.default_rng(seed)
        midi = arrange.arrange(recipes[0].tunes, palette, 12, random)
        return synthesis.simulate_recording(synthesis.render(midi), random)

    first = song(1)
    assert np.array_equal(first, song(1))
    assert not np.array_equal(first[:1000], song(2)[:1000])
    assert 12 < len(first) / synthesis.SAMPLE_RATE < 20  # the last notes ring on
    assert 0.01 < np.sqrt((first**2).mean()) < 0.5


def test_a_rendered_note_has_the_requested_pitch():
    import symusic

    score = symusic.Score(480)
    score.tempos.append(symusic.Tempo(0, 60.0))
    track = symusic.Track(program=orchestrate.instrument_program("Flute"))
    track.notes.append(symusic.Note(0, 960, 69, 100))
    score.tracks.append(track)
    wave = synthesis.render(score.dumps_midi())[: 2 * synthesis.SAMPLE_RATE]
    spectrum = np.abs(np.fft.rfft(wave))
    assert spectrum.argmax() / 2 == pytest.approx(440, rel=0.01)


def test_an_unknown_instrument_is_named():
    with pytest.raises(ConfigError, match="'Hurdy-gurdy' is no General MIDI instrument"):
        orchestrate.instrument_program("Hurdy-gurdy")


def test_titles_are_spelled_as_their_language_spells_them(recipes):
    titles = "".join(tune.title for recipe in recipes for tune in recipe.tunes)
    assert "ä" in titles
    assert not any(0x80 <= ord(letter) < 0xA0 for letter in titles)
