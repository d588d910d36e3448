"""The soundtracks of corpora/games.yaml, which `make games` fetches."""

from pathlib import Path

import numpy as np

from musicregion.audio.files import AUDIO
from musicregion.audio.metadata import read_duration
from musicregion.errors import InputError

GAMES = Path("data/corpora/games")  # <game>/.../<song>.<ext>


def list_songs() -> list[Path]:
    """All songs, sorted by path."""
    return sorted(path for path in GAMES.rglob("*") if path.suffix in AUDIO)


def require_songs() -> list[Path]:
    """All songs, sorted by path.

    Raises:
        InputError: there are none.
    """
    songs = list_songs()
    if not songs:
        raise InputError(f"{GAMES} holds no songs. Run `make games` to fetch them.")
    return songs


def choose_sample(songs: list[Path], seconds: float) -> list[Path]:
    """The same songs every time: one of each game in turn, until they last `seconds`."""
    games: dict[str, list[Path]] = {}
    for path in songs:
        games.setdefault(path.relative_to(GAMES).parts[0], []).append(path)
    in_turn = [path for turn in zip(*games.values(), strict=False) for path in turn]
    ends = np.cumsum([read_duration(path) for path in in_turn])
    return in_turn[: int(np.searchsorted(ends, seconds)) + 1]
