"""`musicregion compare A B --html`: the songs that two runs predict differently, with players."""

from pathlib import Path

import pandas as pd

from musicregion.errors import InputError
from musicregion.presentation.clips import cut_clips
from musicregion.presentation.page import render
from musicregion.presentation.region_marks import region_marks
from musicregion.storage import tables
from musicregion.storage.files import writing
from musicregion.storage.paths import SONGS, segment_file


def mean_predictions(predictions: pd.DataFrame, part: str) -> pd.DataFrame:
    """Each song's region, prediction and its probability, by the mean over repeats.

    predictions: predictions.csv of a run. Returns a table indexed by song.
    """
    rows = predictions[predictions["part"] == part]
    columns = [str(name) for name in rows if str(name).startswith("p_")]
    means = rows.groupby("song")[columns].mean()
    means.columns = pd.Index([name.removeprefix("p_") for name in columns])
    return pd.DataFrame(
        {
            "region": rows.groupby("song")["region"].first(),
            "predicted": means.idxmax(axis=1),
            "probability": means.max(axis=1),
        }
    )


def differing_songs(
    a: pd.DataFrame, b: pd.DataFrame, names: tuple[str, str], part: str = "test"
) -> dict[str, list[dict]]:
    """The songs that runs predict differently, by which of the runs is right.

    a, b: predictions.csv of the same songs; names: of the runs.
    """
    songs = mean_predictions(a, part).join(
        mean_predictions(b, part).drop(columns="region"), lsuffix="_a", rsuffix="_b"
    )
    songs = songs[songs["predicted_a"] != songs["predicted_b"]].reset_index()
    right_a, right_b = (songs[f"predicted_{run}"] == songs["region"] for run in "ab")
    chosen = {
        f"Correct in {names[0]} alone": right_a,
        f"Correct in {names[1]} alone": right_b,
        "Correct in neither": ~right_a & ~right_b,
    }
    return {
        title: songs[rows].sort_values(["region", "song"]).to_dict("records")
        for title, rows in chosen.items()
    }


def write_comparison(
    path: Path, a: pd.DataFrame, b: pd.DataFrame, names: tuple[str, str], text: str
) -> None:
    """Write the page. text: the comparison in sentences, one a line.

    Raises:
        InputError: the songs' table or segments are not in the work tree.
    """
    groups = differing_songs(a, b, names)
    songs = {row["song"]: row["region"] for rows in groups.values() for row in rows}
    table = tables.SONGS.read().set_index("song")
    if missing := sorted(songs.keys() - set(table.index)):
        raise InputError(
            f"compare: {SONGS} has no song {missing[0]}. Check out the corpus of these runs, then "
            "`dvc checkout`."
        )
    files = {song: segment_file(table.loc[song, "region"], song) for song in sorted(songs)}
    regions = sorted(set(a["region"]) | set(a["predicted"]) | set(b["predicted"]))
    page = render(
        "comparison.html",
        cut_clips(files),
        names=names,
        lines=text.splitlines(),
        groups=groups,
        titles={song: table.loc[song, "title"] or song for song in files},
        marks=region_marks(regions),
    )
    with writing(path) as part:
        part.write_text(page, encoding="utf-8")
