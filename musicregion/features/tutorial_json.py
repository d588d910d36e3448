"""The data.json of tutorials, {mapping, labels, mfcc}."""

import json
from pathlib import Path

import numpy as np


def write_json(features: np.ndarray, regions: list[str | None], path: Path) -> None:
    """The tutorials' layout, {mapping, labels, mfcc}, written segment by segment.

    regions: of each segment, [segment]; None where it is of no class and is left out.
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
