"""The tables that stages exchange: paths, columns, reading and writing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pandas as pd

from musicregion.errors import InputError
from musicregion.storage import paths
from musicregion.storage.files import writing


@dataclass(frozen=True)
class Table:
    """A CSV file. columns: name to pandas type, in the file's order.

    A relative path counts from `root`, by default the current folder.
    """

    path: Path
    columns: dict[str, str]

    def parse(self, file: Path | IO[bytes]) -> pd.DataFrame:
        """Read the columns that a file has, with the types of those that are known."""
        return pd.read_csv(
            file,
            dtype=self.columns,
            keep_default_na=False,
            na_values={"duration_s": [""]},
        )

    def read(self, root: Path = Path()) -> pd.DataFrame:
        """Read the table.

        Raises:
            InputError: the file is missing or has other columns.
        """
        if not (root / self.path).is_file():
            raise InputError(f"{self.path}: not found. `dvc repro` makes it.")
        table = self.parse(root / self.path)
        if list(table.columns) != list(self.columns):
            columns = list(table.columns)
            raise InputError(f"{self.path}: has columns {columns}, not {list(self.columns)}")
        return table

    def write(
        self, rows: Sequence[Mapping[str, object]] | pd.DataFrame, root: Path = Path()
    ) -> None:
        """Write the table atomically; line ends in texts become spaces."""
        table = pd.DataFrame(rows, columns=list(self.columns)).astype(self.columns)
        texts = [name for name, kind in self.columns.items() if kind == "string"]
        # a title may contain line ends; pandas writes a lone \r as is, but reads it as a line end
        table[texts] = table[texts].replace(r"\s+", " ", regex=True)
        with writing(root / self.path) as part:
            table.to_csv(part, index=False)


SONGS = Table(
    paths.SONGS,
    {
        "song": "string",  # id: stable, unique, safe as a file name
        "region": "string",
        "unknown": "bool",  # whether its region is never a class
        "title": "string",
        "source": "string",  # link, path or tunes
        "author": "string",  # of the song, and its licence, where the source states them
        "licence": "string",
        "album": "string",  # by the corpus file, or else by the file's tags
        "version": "string",  # at its source; if it changes, the song is downloaded again
        "path": "string",  # of the audio file, empty if the song failed
        "duration_s": "float64",
        "sha256": "string",
        "status": "string",  # ok, failed
        "kind": "string",  # of failure, see corpus/failures.py; if ok: private, deleted
        "reason": "string",
    },
)
SEGMENTS = Table(
    paths.SEGMENTS,
    {
        "song": "string",
        "region": "string",
        "index": "int64",  # of the segment within its song
        "start_s": "float64",
        "duration_s": "float64",  # of real audio, before looping
        "looped": "bool",
    },
)
FAILED = Table(
    paths.FAILED, {"song": "string", "region": "string", "source": "string", "reason": "string"}
)
NUISANCES = Table(
    paths.NUISANCES,
    {  # what a song's file is, apart from its music; see audio/nuisances.py
        "song": "string",
        "region": "string",
        "codec": "string",
        "sample_rate": "int64",  # Hz
        "channels": "int64",
        "level_db": "float64",  # root mean square, below full scale
        "peak_db": "float64",
        "crest_db": "float64",  # peak above level
        "width": "float64",  # share of the stereo signal's energy that is left minus right
        "cut_off": "float64",  # Hz; above it there is next to nothing
        "duration_s": "float64",
    },
)
GROUPS = Table(
    paths.GROUPS, {"song": "string", "region": "string", "group": "string"}
)  # id of a group's first song
DUPLICATES = Table(
    paths.DUPLICATES,
    {  # pairs of songs that hold the same recording
        "song": "string",
        "region": "string",
        "other": "string",
        "other_region": "string",
        "share": "float64",  # of the landmarks of the song with fewer
    },
)
SPLITS = Table(
    paths.SPLITS,
    {
        "song": "string",
        "region": "string",
        "group": "string",  # songs of one group are never in two parts
        "part": "string",  # train, validation, test, unknown
        "fold": "int64",  # -1 for unknown
    },
)


FEATURES = Table(
    paths.FEATURES_TABLE,
    {  # the array of each chosen kind
        "kind": "string",
        "segments": "int64",
        "time": "int64",
        "channels": "int64",
        "md5": "string",
    },
)


def array_index(folder: Path, name: str) -> Table:
    """The index of an array in a folder: each song's number of rows."""
    return Table(folder / f"{name}.csv", {"song": "string", "rows": "int64"})
