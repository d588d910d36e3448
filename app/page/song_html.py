"""What the page shows of an examined song, as HTML."""

from collections import Counter

import numpy as np

from musicregion.inference.examined_song import ExaminedSong
from musicregion.inference.prediction import describe_song
from musicregion.presentation import song_map, sound_picture
from musicregion.presentation.page import render
from musicregion.presentation.region_marks import region_marks
from musicregion.presentation.song_map import NewSongMap
from musicregion.presentation.timeline import draw_timeline, format_clock

AROUND = 10  # songs near the new one on the map, whose regions are told in words


def strips_html(examined: ExaminedSong, is_playable: bool) -> str:
    """Loudness, spectrogram and timeline, aligned in time. is_playable: the song has a player."""
    segments = examined.prediction.timeline
    regions = sorted(examined.prediction.probabilities)
    window = segments[1].start_s if len(segments) > 1 else examined.sound.duration_s
    probabilities = np.array(
        [[segment.probabilities[region] for region in regions] for segment in segments]
    )
    return render(
        "song_strips.html",
        {},
        sound=examined.sound,
        loudness_size=(sound_picture.WIDTH, sound_picture.HEIGHT),
        timeline=draw_timeline(probabilities, regions, window),
        window=window,
        passages=[f"{part.region} {part.probabilities[part.region]:.0%}" for part in segments],
        regions=regions,
        marks=region_marks(regions),
        playable=is_playable,
        clock=format_clock,
    )


def describe_surroundings(songs: NewSongMap) -> str:
    """The regions of the songs around the new one on the map, in a sentence."""
    x, y = songs.pixel
    order = sorted(
        range(len(songs.pixels)),
        key=lambda row: (songs.pixels[row][0] - x) ** 2 + (songs.pixels[row][1] - y) ** 2,
    )
    counts = Counter(songs.regions[row] for row in order[:AROUND])
    regions = ", ".join(f"{count} of {region}" for region, count in counts.most_common())
    return f"Nearest on the map to the new song are {regions}."


def neighbours_html(examined: ExaminedSong) -> str:
    """The nearest training songs with their players, and the map."""
    regions = sorted(examined.prediction.probabilities)
    return render(
        "song_neighbours.html",
        {},
        songs=list(zip(examined.prediction.nearest, examined.clips, strict=True)),
        playable=sum(clip is not None for clip in examined.clips),
        describe=describe_song,
        map=examined.map,
        map_size=(song_map.WIDTH, song_map.HEIGHT),
        around=describe_surroundings(examined.map),
        neighbours=examined.neighbours,
        regions=regions,
        marks=region_marks(regions),
    )
