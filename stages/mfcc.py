"""`python -m stages.mfcc`: mel-frequency cepstral coefficients of every segment, as one array."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import scipy.fft

from stages import mel
from stages.dataset import folder

if TYPE_CHECKING:
    from stages.sections import Mfcc

JSON = folder("mfcc") / "data.json"
WIDTH = 9  # frames that a delta is fitted to, librosa's default


def mfcc(window: np.ndarray, sample_rate: int, settings: "Mfcc") -> np.ndarray:
    """MFCC of one segment [sample], float32 [time, coefficient], equal to librosa.feature.mfcc.

    With deltas as librosa.feature.delta has them. librosa itself takes seconds to be imported.
    """
    level = mel.decibels(
        mel.power(window, sample_rate, settings.n_fft, settings.hop_length, settings.mel_bands)
    )
    result = scipy.fft.dct(level, type=2, norm="ortho")[:, : settings.coefficients]
    if settings.deltas:
        from scipy.signal import savgol_filter

        deltas = [
            savgol_filter(result, WIDTH, polyorder=order, deriv=order, axis=0)
            for order in range(1, settings.deltas + 1)
        ]
        result = np.hstack([result, *deltas])
    return result.astype("float32")


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


def main() -> None:
    from stages import corpus, extraction, params, tables
    from stages.segment import SEGMENTS

    chosen = params.from_command(__doc__)
    settings = chosen.mfcc
    modules = ["stages.mfcc", "stages.extraction", "stages.mel"]
    array = extraction.update("mfcc", settings, modules, ["numpy", "scipy"])
    if settings.json_:
        classes = corpus.load(chosen.corpus).classes()
        segments = tables.read(SEGMENTS, tables.SEGMENTS)
        regions = [region if region in classes else None for region in segments["region"]]
        write_json(array, regions, JSON)
    else:
        JSON.unlink(missing_ok=True)


if __name__ == "__main__":
    import stages.failure
    import stages.mfcc

    with stages.failure.told("mfcc"):
        stages.mfcc.main()  # by this name, for worker processes to import
