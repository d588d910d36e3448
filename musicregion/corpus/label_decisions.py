"""Writes a listener's decisions about labels into a corpus file, under `belongs:`.

Only that entry of the file changes: everything else stays as it is, byte for byte. Each decision is
a line, so that git knows who made it.
"""

from typing import Any

import yaml
from filelock import FileLock

from musicregion.config import corpus
from musicregion.errors import ConfigError
from musicregion.storage.files import writing

KEY = "belongs"


def record_decision(name: str, song: str, region: str) -> None:
    """State in corpora/<name>.yaml that a song belongs to a region, its present one or another.

    The file is written whole or not at all. Decisions made at the same time wait for one another.

    Raises:
        ConfigError: the corpus has no such region, or the file cannot be changed; it stays as it
            was.
    """
    path = corpus.corpus_file(name)
    with FileLock(path.with_name(f".{path.name}.lock")):
        if region not in corpus.load(name).regions:
            raise ConfigError(f"{path}: {region} is not a region of this corpus")
        before = path.read_bytes().decode()
        after = with_decision(before, song, region)
        expected = yaml.safe_load(before)
        expected[KEY] = (expected.get(KEY) or {}) | {song: region}
        if load_or_none(after) != expected:
            raise ConfigError(
                f"{path}: is written in a way that cannot be changed by program. Please add "
                f"`{KEY}: {{{as_pair(song, region)}}}` by hand."
            )
        with writing(path) as part:
            part.write_bytes(after.encode())


def load_or_none(text: str) -> object:
    """What a YAML text holds; None if it is not valid."""
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return None


def as_pair(song: str, region: str) -> str:
    """`song: region` in YAML, in quotes where need be: a region may be called NO, or 2024."""
    flow = yaml.safe_dump({song: region}, default_flow_style=True, width=10**6, allow_unicode=True)
    return flow.strip().removeprefix("{").removesuffix("}")


def with_decision(text: str, song: str, region: str) -> str:
    """The text of a corpus file with a decision more; one about the same song is replaced.

    A text in an unusual form of YAML may come out wrong.
    """
    pair, newline = as_pair(song, region), "\r\n" if "\r\n" in text else "\n"
    if not text.endswith("\n"):
        text += newline
    document: Any = yaml.compose(text, yaml.SafeLoader)
    belongs = {key.value: value for key, value in document.value}.get(KEY)
    if belongs is None:
        return f"{text}{KEY}:{newline}  {pair}{newline}"
    if not belongs.value:  # {}
        start, end = belongs.start_mark.index, belongs.end_mark.index
        return f"{text[:start].rstrip(' ')}{newline}  {pair}{text[end:]}"
    for key, value in belongs.value:
        if key.value == song:
            return text[: key.start_mark.index] + pair + text[value.end_mark.index :]
    key, value = belongs.value[-1]
    end = value.end_mark.index
    if belongs.flow_style:
        return f"{text[:end]}, {pair}{text[end:]}"
    end = text.index("\n", end) + 1  # after a comment on the last decision
    return f"{text[:end]}{' ' * key.start_mark.column}{pair}{newline}{text[end:]}"
