"""`python -m stages.mfcc`: mel-frequency cepstral coefficients of every segment, as one array."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import scipy.fft
import soundfile

from stages import corpus, params, provenance, stack, tables
from stages.params import Mfcc
from stages.segment import FLACS, SEGMENTS

FOLDER = Path("data/mfcc")
ARRAY = FOLDER / "features.npy"  # float32 [segment, time, coefficient], rows as in segments.csv
JSON = FOLDER / "data.json"
FLOOR, RANGE = 1e-10, 80.0  # power, and dB below a segment's own maximum: librosa's defaults


@cache
def mel_filters(sample_rate: int, n_fft: int, mel_bands: int) -> np.ndarray:
    """Slaney's mel filter bank, float32 [band, frequency], equal to librosa.filters.mel.

    Linear below 1 kHz, logarithmic above, each triangle of the same area (M. Slaney, Auditory
    Toolbox, 1998). librosa's own takes its import, 2 s and 150 MB, into every worker.
    """
    top = sample_rate / 2
    linear, ratio = 200 / 3, np.log(6.4) / 27  # Hz a mel below 1 kHz; log step a mel above
    highest = top / linear if top < 1000 else 15 + np.log(top / 1000) / ratio
    mels = np.linspace(0, highest, mel_bands + 2)
    edges = np.where(mels < 15, mels * linear, 1000 * np.exp(ratio * (mels - 15)))  # Hz
    slopes = edges[:, None] - np.fft.rfftfreq(n_fft, 1 / sample_rate)  # [edge, frequency]
    widths = np.diff(edges)[:, None]
    triangles = np.minimum(-slopes[:-2] / widths[:-1], slopes[2:] / widths[1:])
    areas = (edges[2:] - edges[:-2])[:, None] / 2
    return (np.maximum(0, triangles) / areas).astype("float32")


def mfcc(window: np.ndarray, sample_rate: int, settings: Mfcc) -> np.ndarray:
    """MFCC of one segment [sample], float32 [time, coefficient], equal to librosa.feature.mfcc.

    The 80 dB range counts from the loudest point of this segment, so that no segment's
    coefficients depend on its neighbours.
    """
    half = settings.n_fft // 2
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(window, half), settings.n_fft)
    hann = np.hanning(settings.n_fft + 1)[:-1].astype("float32")
    spectrum = scipy.fft.rfft(frames[:: settings.hop_length] * hann)  # [time, frequency]
    power = spectrum.real**2 + spectrum.imag**2
    mel = power @ mel_filters(sample_rate, settings.n_fft, settings.mel_bands).T  # [time, band]
    level = 10 * np.log10(np.maximum(mel, FLOOR))
    level = np.maximum(level, level.max() - RANGE)
    result = scipy.fft.dct(level, type=2, norm="ortho")[:, : settings.coefficients]
    if settings.deltas:
        from librosa.feature import delta

        orders = range(1, settings.deltas + 1)
        result = np.hstack([result, *(delta(result, order=order, axis=0) for order in orders)])
    return result.astype("float32")


def song(path: Path, segments: int, settings: Mfcc) -> np.ndarray:
    """MFCC of a song's segments, float32 [segment, time, coefficient]."""
    with soundfile.SoundFile(path) as file:
        length, rate = file.frames // segments, file.samplerate
        result = None
        for place in range(segments):
            block = mfcc(file.read(length, dtype="float32"), rate, settings)
            if result is None:  # a song may last ten hours: there is no second copy of it
                result = np.empty((segments, *block.shape), "float32")
            result[place] = block
    return result


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
    chosen = params.from_command(__doc__)
    settings = chosen.mfcc
    segments = tables.read(SEGMENTS, tables.SEGMENTS)
    key = provenance.key(settings, ["stages.mfcc"], ["numpy", "scipy", "librosa"])
    wanted, items = {}, {}
    for (region, name), count in segments.groupby(["region", "song"], sort=False).size().items():
        path = FLACS / region / f"{name}.flac"
        wanted[name] = provenance.join(key, provenance.flac_md5(path), str(count))
        items[name] = (path, count, settings)
    array = stack.update(FOLDER, "features", wanted, song, items, "mfcc")
    if len(array) != len(segments):
        raise SystemExit(f"{SEGMENTS} has {len(segments)} rows, data/segments {len(array)} windows")
    if settings.json_:
        classes = corpus.load(chosen.corpus).classes()
        regions = [region if region in classes else None for region in segments["region"]]
        write_json(array, regions, JSON)
    else:
        JSON.unlink(missing_ok=True)
    print(f"mfcc: {array.shape} [segment, time, coefficient], {array.nbytes / 1e6:.1f} MB")


if __name__ == "__main__":
    import stages.failure
    import stages.mfcc

    with stages.failure.told("mfcc"):
        stages.mfcc.main()  # by this name, for worker processes to import
