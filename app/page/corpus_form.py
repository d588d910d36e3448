"""A corpus file as the page's form shows it: each region's name and sources.

A file is changed only if the form holds all of it. What was written by hand, with comments or other
keys, is used as it is.
"""

from dataclasses import dataclass
from pathlib import Path

import yaml
from filelock import FileLock
from pydantic import ValidationError

from musicregion.audio.files import find_audio_files
from musicregion.config.corpus import Corpus, corpus_file
from musicregion.config.validation import explain
from musicregion.errors import ConfigError
from musicregion.storage.files import writing

LINKS = ("http://", "https://")


@dataclass(frozen=True)
class RegionForm:
    """A region as it is typed."""

    name: str
    sources: str  # folders, globs or links, one in each line
    unknown: bool = False

    def source_lines(self) -> list[str]:
        """The sources, without empty lines."""
        return [line.strip() for line in self.sources.splitlines() if line.strip()]


def existing_corpora() -> list[str]:
    """The names of the corpus files."""
    return sorted(path.stem for path in Path("corpora").glob("*.yaml"))


def corpus_text(regions: list[RegionForm]) -> str:
    """The corpus file of a form."""
    tree = {
        region.name: {"sources": region.source_lines()}
        | ({"unknown": True} if region.unknown else {})
        for region in regions
    }
    return yaml.safe_dump({"regions": tree}, sort_keys=False, allow_unicode=True, width=10**6)


def read_text(name: str) -> str | None:
    """The text of a corpus file; None: there is none."""
    try:
        return corpus_file(name).read_bytes().decode()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise ConfigError(f"{corpus_file(name)}: not UTF-8") from None


def parse_form(text: str) -> list[RegionForm] | None:
    """The regions of a corpus file; None: it holds more than the form can show."""
    try:
        regions = [
            RegionForm(name, "\n".join(region["sources"]), region.get("unknown", False))
            for name, region in yaml.safe_load(text)["regions"].items()
        ]
        return regions if corpus_text(regions) == text else None
    except (yaml.YAMLError, TypeError, KeyError, AttributeError):
        return None


def require_corpus_name(name: str) -> None:
    """Check that a name suits a file, and `dvc exp run -S corpus=<name>`.

    Raises:
        ConfigError: it does not.
    """
    letters = name.replace("_", "").replace("-", "")
    if not (letters.isalnum() and name.isascii() and name[0].isalpha() and len(name) <= 60):
        raise ConfigError(
            "The name of a corpus starts with a letter, and has letters, digits, - and _ only."
        )
    if not isinstance(yaml.safe_load(name), str):
        raise ConfigError(f"{name} is a word of YAML with a meaning. Give the corpus another name.")


def require_songs(region: RegionForm) -> None:
    """Check that each folder of a region has songs.

    Raises:
        ConfigError: one has none.
    """
    for source in region.source_lines():
        if not source.startswith(LINKS) and not find_audio_files(source, Path())[1]:
            raise ConfigError(f"{region.name}: {source}: no such folder, or no audio file in it")


def write_corpus(name: str, regions: list[RegionForm], before: str | None) -> None:
    """Write the corpus file of a form, whole or not at all.

    before: the text that the form was filled from; None: it is a new corpus.

    Raises:
        ConfigError: the form holds a mistake, or the file is another one by now; it stays as it is.
    """
    require_corpus_name(name)
    path = corpus_file(name)
    names = [region.name for region in regions]
    if twice := {region for region in names if names.count(region) > 1}:
        raise ConfigError(f"{path}: {', '.join(sorted(twice))} is there twice")
    text = corpus_text(regions)
    try:
        Corpus.model_validate(yaml.safe_load(text))
    except ValidationError as error:
        raise ConfigError(explain(error, path)) from None
    for region in regions:
        require_songs(region)
    with FileLock(path.with_name(f".{path.name}.lock")):
        if read_text(name) != before:
            raise ConfigError(f"{path} was written elsewhere meanwhile. Choose the corpus again.")
        if text != before:
            with writing(path) as part:
                part.write_bytes(text.encode())
