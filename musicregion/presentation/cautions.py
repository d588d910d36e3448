"""Sentences that a reader needs before the accuracy: what makes it doubtful."""

from typing import Any

import pandas as pd

FEW = 30  # songs of a region, below which it is rarely predicted (docs/results.md)
WIDE = 0.2  # an interval of the accuracy that says little


def find_cautions(
    shortcuts: dict[str, Any],
    interval: tuple[float, float],
    tested: int,
    songs: pd.DataFrame,
    group: str,
) -> list[str]:
    """The sentences that apply, the gravest first.

    Args:
        shortcuts: contents of shortcuts.json.
        interval: of the accuracy of songs.
        tested: how many songs it was measured on.
        songs: region, album and group, by song id, of all songs of a region.
        group: the param split.group.
    """
    sentences = [shortcut_caution(shortcuts), album_caution(songs, group)]
    low, high = interval
    if high - low > WIDE:
        sentences.append(
            f"Few test songs: the accuracy of {tested} songs may be anything from {low:.2f} to "
            f"{high:.2f}. With evaluate.folds=5 every song is tested."
        )
    counts = songs["region"].value_counts(sort=False).sort_index()
    few = ", ".join(f"{name} ({count})" for name, count in counts.items() if count < FEW)
    if few:
        sentences.append(
            f"Few songs: {few}. Regions with fewer than {FEW} songs are often taken for others."
        )
    return [sentence for sentence in sentences if sentence]


def shortcut_caution(shortcuts: dict[str, Any]) -> str:
    """Whether facts about the files tell regions about as well as the model; "" if not."""
    if not shortcuts["warning"]:
        return ""
    accuracy = {row["what"]: row["accuracy"] for row in shortcuts["rows"]}
    return (
        "Shortcuts: facts about the files alone (codec, level, stereo width and the like) classify "
        f"{accuracy['nuisances']:.2f} of these songs correctly, the model "
        f"{accuracy['model']:.2f}. "
        "It may have learned the recordings instead of the music."
    )


def album_caution(songs: pd.DataFrame, group: str) -> str:
    """Whether songs of one album may be in two parts; "" if not. Arguments: as of find_cautions."""
    if group != "recording":
        return ""
    named = songs[songs["album"] != ""]
    divided = named.groupby("album")["group"].transform("nunique") > 1
    if not divided.any():
        return ""
    return (
        f"Albums: {divided.sum()} of {len(songs)} songs share an album with others, which may be "
        "in another part. Songs of an album sound alike, so the accuracy may be too high for new "
        "albums. split.group=album keeps albums whole."
    )
