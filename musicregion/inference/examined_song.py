"""What a page shows of a song."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from musicregion.inference.prediction import SongPrediction

if TYPE_CHECKING:
    from musicregion.presentation.clips import Clip
    from musicregion.presentation.song_map import NewSongMap
    from musicregion.presentation.sound_picture import SoundPicture


@dataclass(frozen=True)
class ExaminedSong:
    """A song's prediction, and what belongs to it."""

    prediction: SongPrediction
    sound: "SoundPicture"
    map: "NewSongMap"
    neighbours: list[int]  # the training songs of prediction.nearest, by their rows in the map
    clips: list["Clip | None"]  # of them; None: its audio is not on this computer
