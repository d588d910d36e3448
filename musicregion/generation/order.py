"""What a user orders: new songs for a region."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from musicregion.config.corpus import Palette
    from musicregion.generation.tonality import Tonality

# notes [note, (start, length, pitch)] and their bar, in quarter beats and MIDI pitches
Piece = tuple["np.ndarray", float]


@dataclass(frozen=True)
class Likeness:
    """What a new song takes over from another one.

    song: its file's name. tempo: quarter beats a minute, or twice or half as many. palette: a name,
    and the instruments.
    """

    song: str
    tempo: float
    key: "Tonality"
    palette: "tuple[str, Palette]"


@dataclass(frozen=True)
class Order:
    """New songs for a region.

    composer: its folder. guide: the folder of the model that judges songs, if any. seconds: length
    of a song. soundfont: an SF2 file; None: the corpus's. plain: melodies are accompanied as in the
    rendered corpora, for comparisons with their songs. form: of each piece, such as AABB; None:
    that of a random training piece. like: a song to be like, if any.
    """

    composer: Path
    guide: Path | None
    region: str
    seconds: float
    seed: int
    soundfont: Path | None = None
    plain: bool = False
    form: str | None = None
    like: Likeness | None = None
