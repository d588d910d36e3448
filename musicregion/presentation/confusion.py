"""The confusion matrix as a table's cells."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Cell:
    """Songs of one region that were predicted as one region."""

    predicted: str
    songs: int
    share: float  # of the true region's songs


def confusion_rows(predictions: pd.DataFrame, regions: list[str]) -> dict[str, list[Cell]]:
    """A row of cells for each true region.

    predictions: region and predicted, one row for each song.
    """
    counts = pd.crosstab(predictions["region"], predictions["predicted"])
    counts = counts.reindex(index=regions, columns=regions, fill_value=0)
    return {
        region: [
            Cell(predicted, int(count), float(count / max(row.sum(), 1)))
            for predicted, count in zip(regions, row, strict=True)
        ]
        for region, row in zip(regions, counts.to_numpy(), strict=True)
    }
