"""A rendered song's version changes whenever its samples may, and only then."""

import shutil
from dataclasses import replace

import pytest

from musicregion.config import corpus, params
from musicregion.corpus import folk, folk_rendering, folk_songs
from musicregion.storage import cache_key, import_closure
from tests.conftest import REPOSITORY

SETTINGS = params.load().folk


@pytest.fixture(scope="module")
def recipe():
    return folk.choose_recipes(corpus.load("folk"), 12, 1)[0]


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """A copy of the package, from which keys are computed; its folder."""
    shutil.copytree(REPOSITORY / "musicregion", tmp_path / "musicregion")
    monkeypatch.setattr(import_closure, "REPOSITORY", tmp_path)
    import_closure.direct_imports.cache_clear()
    yield tmp_path / "musicregion"
    import_closure.direct_imports.cache_clear()


def version(recipe, settings=SETTINGS):
    return folk_songs.folk_song(recipe, settings).version


@pytest.mark.parametrize(
    "module",
    [
        "corpus/folk_rendering.py",  # seed and length
        "rendering/tune.py",
        "rendering/arrange.py",  # accompaniment and tempo
        "rendering/orchestrate.py",  # instruments, key and dynamics
        "rendering/synthesis.py",
    ],
)
def test_an_edit_of_a_module_that_decides_the_samples_is_another_version(recipe, sources, module):
    before = version(recipe)
    with (sources / module).open("a") as file:
        file.write("# edited\n")
    assert version(recipe) != before


@pytest.mark.parametrize(
    "module",
    [
        "sources",
        "playlist",
        "ytdlp",
        "fetch",
        "update",
        "manifest",
        "listing",
        "folk",
        "folk_songs",
    ],
)
def test_an_edit_of_how_songs_are_listed_or_fetched_is_the_same_version(recipe, sources, module):
    before = version(recipe)
    with (sources / f"corpus/{module}.py").open("a") as file:
        file.write("# edited\n")
    assert version(recipe) == before


@pytest.mark.parametrize("package", ["midirenderer", "pretty_midi", "symusic", "numpy", "scipy"])
def test_another_version_of_a_package_that_decides_the_samples(recipe, monkeypatch, package):
    before = version(recipe)
    real = cache_key.version
    monkeypatch.setattr(
        cache_key, "version", lambda name: "0.0.0" if name == package else real(name)
    )
    assert version(recipe) != before


def test_all_that_a_recipe_says_is_in_the_version(recipe):
    first, *others = recipe.tunes
    other_palette = recipe.palette.model_copy(update={"drums": {"march": 1.0}})

    def with_tune(**changes):
        return replace(recipe, tunes=(replace(first, **changes), *others))

    versions = [
        version(recipe),
        version(with_tune(notes=first.notes + 1)),
        version(with_tune(bar=first.bar + 1)),
        version(with_tune(upbeat=first.upbeat + 0.5)),
        version(replace(recipe, number=recipe.number + 1)),
        version(replace(recipe, region="Elsewhere")),
        version(replace(recipe, palette=other_palette)),
        version(replace(recipe, tempo=100.0)),
        version(recipe, settings=SETTINGS.model_copy(update={"seed": 2})),
        version(recipe, settings=SETTINGS.model_copy(update={"seconds": (5.0, 6.0)})),
    ]
    assert len(set(versions)) == len(versions)
    assert version(with_tune(title="Another title")) == versions[0]  # it decides no sample


def test_the_versions_packages_are_those_that_rendering_imports():
    imported = set()
    for module in import_closure.import_closure(folk_rendering.__name__):
        text = import_closure.module_file(module).read_text()
        imported |= {
            name
            for name in ("midirenderer", "numpy", "pretty_midi", "scipy", "soundfile", "symusic")
            if f"import {name}" in text or f"from {name}" in text
        }
    assert imported == set(folk_rendering.PACKAGES)
