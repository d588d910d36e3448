"""What a user orders: new songs for a region."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

# notes [note, (start, length, pitch)] and their bar, in quarter beats and MIDI pitches
Piece = tuple["np.ndarray", float]


@dataclass(frozen=True)
class Order:
    """New songs for a region.

    composer: its folder. guide: the folder of the model that judges songs, if any. seconds: length
    of a song. soundfont: an SF2 file; None: the corpus's. plain: melodies are accompanied as in the
    rendered corpora, for comparisons with their songs.
    """

    composer: Path
    guide: Path | None
    region: str
    seconds: float
    seed: int
    soundfont: Path | None = None
    plain: bool = False
