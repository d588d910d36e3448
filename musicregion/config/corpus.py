"""A corpus file, corpora/<name>.yaml: regions, and the sources of each region's songs."""

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, ValidationError, model_validator

from musicregion.config.sections import Section
from musicregion.config.validation import explain
from musicregion.errors import ConfigError

RegionName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=60)]
Weights = dict[str, Annotated[float, Field(gt=0)]]


class Palette(Section):
    """How rendered songs tend to sound: names to relative weights."""

    melody: Weights = Field(description="General MIDI instruments")
    chords: Weights
    bass: Weights
    figure: Weights = Field(description="accompaniments, see musicregion/rendering/arrange.py")
    drums: Weights = Field(description="patterns, see musicregion/rendering/orchestrate.py")


class FolkSource(Section):
    """Tunes from the ABC files of the music21 package, rendered with a palette."""

    folk: list[str] = Field(min_length=1, description="globs under music21/corpus")
    origin: str = Field("", description="only tunes whose O: field contains this")
    share: int = Field(ge=1, description="of folk.songs, relative to the other regions")
    palette: Palette | None = Field(None, description="needed unless the corpus has palettes")


class Album(Section):
    """Songs of one album, so that `split.group: album` can keep them together."""

    source: str = Field(description="URL, folder or glob")
    album: str = Field(min_length=1)


class Region(Section):
    """A class that songs are sorted into, or music of none of the classes."""

    sources: list[FolkSource | Album | str] = Field(
        min_length=1, description="a text is a URL, folder or glob"
    )
    unknown: bool = Field(False, description='never a class: tests "none of these"')
    licence: str = ""

    @model_validator(mode="after")
    def _one_folk(self) -> "Region":
        if sum(isinstance(source, FolkSource) for source in self.sources) > 1:
            raise ValueError("sources: one folk source at most; it may name several files")
        return self


class Corpus(Section):
    """The regions of a corpus, and where their songs come from."""

    about: str = ""
    regions: dict[RegionName, Region]
    palettes: dict[str, Palette] = Field(
        default_factory=dict,
        description="by any name; each rendered song takes one at random, whatever its region",
    )
    belongs: dict[str, RegionName] = Field(
        default_factory=dict, description="song id or link to its region, whichever region lists it"
    )

    @model_validator(mode="after")
    def _two_classes(self) -> "Corpus":
        if sum(not region.unknown for region in self.regions.values()) < 2:
            raise ValueError("regions: two or more are needed (unknown ones do not count)")
        if len({name.lower() for name in self.regions}) < len(self.regions):
            raise ValueError("regions: two names differ only in upper and lower case")
        return self

    @model_validator(mode="after")
    def _belongs_somewhere(self) -> "Corpus":
        if wrong := set(self.belongs.values()) - set(self.regions):
            raise ValueError(f"belongs: {', '.join(sorted(wrong))} is not a region of this corpus")
        return self

    @model_validator(mode="after")
    def _palettes_of_regions_or_of_all(self) -> "Corpus":
        own = self.own_palettes()
        if self.palettes and own:
            raise ValueError(f"palettes: {', '.join(own)} cannot have a palette as well")
        missing = sorted(set(self.folk()) - set(own))
        if missing and not self.palettes:
            raise ValueError(f"regions: no palette for {', '.join(missing)}, and no palettes")
        return self

    def folk(self) -> dict[str, FolkSource]:
        """The folk source of each region that has one."""
        return {
            name: source
            for name, region in self.regions.items()
            for source in region.sources
            if isinstance(source, FolkSource)
        }

    def own_palettes(self) -> dict[str, Palette]:
        """The palette of each region that has its own."""
        return {name: source.palette for name, source in self.folk().items() if source.palette}

    def decision(self, song: str, source: str) -> str | None:
        """The region that `belongs` states for a song, by its id or link; None if it does not."""
        return self.belongs.get(song) or self.belongs.get(source)

    def classes(self) -> list[str]:
        """The regions that a model can predict."""
        return [name for name, region in self.regions.items() if not region.unknown]


def corpus_file(name: str) -> Path:
    """The file of a corpus."""
    return Path("corpora", f"{name}.yaml")


def load(name: str) -> Corpus:
    """Read and check corpora/<name>.yaml.

    Raises:
        ConfigError: the file is not YAML or does not describe a corpus; the message names the key.
    """
    path = corpus_file(name)
    try:
        return Corpus.model_validate(yaml.safe_load(path.read_text()))
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not valid YAML: {error}") from None
    except ValidationError as error:
        raise ConfigError(explain(error, path)) from None
