"""Every exception that this project raises on purpose. Each text is a sentence for the user.

MusicRegionError
├── ConfigError        params.yaml, a corpus file or an argument holds a wrong key or value
├── InputError         output of an earlier stage is missing, damaged or does not match
├── NotEnoughData      too few songs or pieces to continue
├── DownloadError      songs, packages or weights cannot be fetched
│   └── Unavailable    a source does not have what was requested
├── Undecodable        a file is not audio, or is silent or too short
├── TaskDied           a task's process crashed or hung
├── TrainingError      a training or a search has no result
├── ModelError         a trained model is missing, damaged or does not match
├── ComparisonError    two runs cannot be compared
├── TrackingError      MLflow's or Optuna's storage cannot be used
└── ClusterError       the Dask cluster cannot be used

Commands turn them into a sentence and exit status 1: see musicregion.command.
"""


class MusicRegionError(Exception):
    """The base of the tree above."""


class ConfigError(MusicRegionError):
    """params.yaml, a corpus file or an argument holds a wrong key or value."""


class InputError(MusicRegionError):
    """Output of an earlier stage is missing, damaged or does not match."""


class NotEnoughData(MusicRegionError):
    """Too few songs or pieces to continue."""


class DownloadError(MusicRegionError):
    """Songs, packages or weights cannot be fetched."""


class Unavailable(DownloadError):
    """A source does not have what was requested.

    kind: one of musicregion.corpus.failures.SIGNS, "too long", "too large" or "other".
    """

    def __init__(self, reason: str, kind: str = "other") -> None:
        super().__init__(reason)
        self.kind = kind

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return Unavailable, (
            str(self),
            self.kind,
        )  # by default the kind would be lost between processes


class Undecodable(MusicRegionError):
    """A file is not audio that can be read, or is silent or too short; the text says which."""


class TaskDied(MusicRegionError):
    """A task's process crashed, or was ended because it made no progress."""


class TrainingError(MusicRegionError):
    """A training or a search has no result."""


class ModelError(MusicRegionError):
    """A trained model is missing, damaged or does not match."""


class ComparisonError(MusicRegionError):
    """Two runs cannot be compared."""


class TrackingError(MusicRegionError):
    """MLflow's or Optuna's storage cannot be used."""


class ClusterError(MusicRegionError):
    """The Dask cluster cannot be used."""
