"""Checks the soundfont that a user names."""

from pathlib import Path

from musicregion.errors import ConfigError


def check_soundfont(name: str | None) -> Path | None:
    """The path of a soundfont, if one is named.

    Raises:
        ConfigError: there is no such file, or it is not a soundfont.
    """
    if not name:
        return None
    path = Path(name)
    if not path.is_file():
        raise ConfigError(f"--soundfont {path}: no such file")
    with path.open("rb") as file:
        header = file.read(12)
    if header[:4] != b"RIFF" or header[8:] != b"sfbk":
        raise ConfigError(f"--soundfont {path}: not a soundfont (SF2)")
    return path
