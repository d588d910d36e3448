"""Formats predictions for `musicregion predict`: as text, JSON and CSV."""

import csv
import itertools
from collections.abc import Iterable
from dataclasses import asdict
from typing import TextIO

from musicregion.inference.prediction import SongPrediction, describe_song, describe_songs
from musicregion.presentation.timeline import format_clock

PASSAGES = 12  # in the text, at most
Result = tuple[str, SongPrediction | str]  # a song's name, and the reason if it has no prediction


def describe(name: str, prediction: SongPrediction) -> str:
    """A prediction as text."""
    ranked = [f"{region} {value:.2f}" for region, value in prediction.probabilities.items()]
    lines = [f"{name}: {ranked[0]}   ({', '.join(ranked[1:4])})"]
    if not prediction.known:
        lines = [f"{name}: none of these   (the likeliest: {', '.join(ranked[:3])})"]
    passages = [f"{format_clock(start)} {region}" for start, _, region in prediction.passages()]
    if len(passages) > 1:
        rest = f"  and {len(passages) - PASSAGES} more" if len(passages) > PASSAGES else ""
        lines.append(f"    {'  '.join(passages[:PASSAGES])}{rest}")
    label = "sounds like: " if prediction.known else "the nearest: "
    labels = itertools.chain([label], itertools.repeat(" " * len(label)))
    songs = map(describe_song, prediction.nearest)
    lines += [f"    {label}{song}" for label, song in zip(labels, songs, strict=False)]
    return "\n".join(lines)


def as_json(name: str, result: SongPrediction | str) -> dict:
    """A prediction, or the reason why there is none, for JSON."""
    if isinstance(result, str):
        return {"song": name, "reason": result}
    region = result.region if result.known else None
    summary = {"song": name, "region": region, "probability": result.probability}
    return summary | {"duration_s": result.duration_s} | asdict(result)


def as_row(name: str, result: SongPrediction | str) -> dict:
    """The same as a row of a table; the region is empty for "none of these"."""
    row = as_json(name, result)
    probabilities = row.pop("probabilities", {})
    if not isinstance(result, str):
        row["nearest"] = describe_songs(result.nearest)
    return row | {f"p_{region}": value for region, value in probabilities.items()}


def write_csv(results: Iterable[Result], regions: list[str], file: TextIO) -> None:
    """Write results as a table. regions: of the model."""
    names = ["song", "region", "probability", "typicality", "nearest", "duration_s"]
    names += [f"p_{region}" for region in regions] + ["reason"]
    writer = csv.DictWriter(file, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(as_row(*result) for result in results)
