"""results/report.html: a training's result as a page that plays the songs it speaks of."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from musicregion.models.training_songs import song_statistics
from musicregion.presentation import song_map
from musicregion.presentation.clips import cut_clips
from musicregion.presentation.confusion import confusion_rows
from musicregion.presentation.near_songs import NearSongs
from musicregion.presentation.page import render
from musicregion.presentation.region_marks import region_marks
from musicregion.presentation.reliability import Reliability
from musicregion.presentation.timeline import Timeline, draw_timeline

NEAREST = 3  # training songs beside an evaluated one
NEAREST_OF_REGION = 2  # beside a suspect, of each of the two regions
MOST_SUSPECTS, MOST_DUPLICATES = 20, 50


@dataclass(frozen=True)
class ReportContents:
    """What the page says; all tables have a column `song`, its id."""

    heading: str  # model, features and corpus
    sentences: list[str]  # what it was trained on, and its accuracy
    cautions: list[str]
    file_facts: list[str]  # how the files of regions differ
    predictions: pd.DataFrame  # predictions.csv, each song once
    segments: dict[str, np.ndarray]  # calibrated, [segment, region], by song
    suspects: pd.DataFrame  # suspects.csv
    region_scores: pd.DataFrame  # regions_song.csv
    reliability: dict[str, Reliability]  # by unit
    duplicates: pd.DataFrame  # duplicates.csv
    window: float  # seconds of a segment


@dataclass(frozen=True)
class SongResult:
    """An evaluated song."""

    song: str
    part: str
    region: str
    predicted: str
    probabilities: list[tuple[str, float]]  # by region, the highest first
    timeline: Timeline
    nearest: list[str]  # training songs


def song_results(
    contents: ReportContents, regions: list[str], near: NearSongs
) -> dict[str, SongResult]:
    """The evaluated songs, by id."""
    results = {}
    for row in contents.predictions.sort_values(["region", "song"]).to_dict("records"):
        probabilities = [(region, row[f"p_{region}"]) for region in regions]
        results[row["song"]] = SongResult(
            row["song"],
            row["part"],
            row["region"],
            row["predicted"],
            sorted(probabilities, key=lambda pair: -pair[1]),
            draw_timeline(contents.segments[row["song"]], regions, contents.window),
            near.nearest(row["song"], row["group"], NEAREST),
        )
    return results


def list_suspects(suspects: pd.DataFrame, near: NearSongs) -> list[dict]:
    """The first rows in which another region is the more probable one, with songs of both."""
    doubtful = suspects[suspects["likely_probability"] > suspects["probability"]]
    groups = dict(zip(near.data.songs, near.data.groups, strict=True))
    rows = doubtful.head(MOST_SUSPECTS).to_dict("records")
    for row in rows:
        for key in ("region", "likely"):
            row[f"near_{key}"] = near.nearest(
                row["song"], groups[row["song"]], NEAREST_OF_REGION, row[key]
            )
    return rows


def render_report(
    contents: ReportContents, titles: dict[str, str], files: dict[str, Path], near: NearSongs
) -> str:
    """The page.

    Args:
        contents: what it says.
        titles: of songs, by id.
        files: of segments, by id, of all songs of a region.
        near: finds songs to compare with.
    """
    data, songs = near.data, sorted(files)
    points, share = song_map.principal_components(song_statistics(data, data.known()))
    pixels = song_map.fit_picture(points)
    labels = dict(zip(data.songs, data.labels, strict=True))
    tested = contents.predictions[contents.predictions["part"] == "test"]
    return render(
        "report.html",
        cut_clips({song: files[song] for song in songs}),
        contents=contents,
        titles=titles,
        regions=data.regions,
        region_of={song: data.regions[labels[song]] for song in songs},
        marks=region_marks(data.regions),
        results=song_results(contents, data.regions, near),
        confusion=confusion_rows(tested, data.regions),
        tested=len(tested),
        points=[(songs[row], *pixels[row].tolist()) for row in np.lexsort(pixels.T[::-1])],
        map_size=(song_map.WIDTH, song_map.HEIGHT),
        map_share=share,
        suspects=list_suspects(contents.suspects, near),
        duplicates=contents.duplicates.head(MOST_DUPLICATES).to_dict("records"),
    )
