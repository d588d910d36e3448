"""Writes MFCC in the layout of tutorials on music classification: {mapping, labels, mfcc}."""

import json
from pathlib import Path

import numpy as np


def write_json(features: np.ndarray, regions: list[str | None], path: Path) -> None:
    """Write data.json, segment by segment.

    features: [segment, time, coefficient]. regions: of each segment; segments with None are left
    out.
    """
    mapping = sorted({region for region in regions if region})
    labels = [mapping.index(region) for region in regions if region]
    rows = [row for row, region in enumerate(regions) if region]
    with path.open("w") as file:
        file.write(
            f'{{"mapping": {json.dumps(mapping)},\n"labels": {json.dumps(labels)},\n"mfcc": ['
        )
        for number, segment in enumerate(features[row] for row in rows):
            file.write(",\n" if number else "\n")
            json.dump(segment.tolist(), file)
        file.write("\n]}\n")
