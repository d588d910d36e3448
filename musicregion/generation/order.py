"""What a user orders: new songs for a region."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Order:
    """New songs for a region.

    composer: its folder. guide: the folder of the model that judges songs, if any. seconds: length
    of a song. soundfont: an SF2 file; None: the corpus's. form: of each piece, such as AABB; None:
    that of a random training piece.
    """

    composer: Path
    guide: Path | None
    region: str
    seconds: float
    seed: int
    soundfont: Path | None = None
    form: str | None = None
