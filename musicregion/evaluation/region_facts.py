"""Says in sentences how the files of a region differ from those of the others."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

FORMAT = ("codec", "sample_rate", "channels")  # columns of nuisances.csv
SOUND = {  # the other columns: name, how a value is written
    "level_db": ("level", "{:.1f} dB"),
    "peak_db": ("peak", "{:.1f} dB"),
    "crest_db": ("crest (peak above level)", "{:.1f} dB"),
    "width": ("stereo width", "{:.3f}"),
    "cut_off": ("cut-off", "{:.0f} Hz"),
    "duration_s": ("length", "{:.0f} s"),
}
COMMON = 0.5  # share of the other regions' songs; a format that more of them have says little
SEPARATION = 0.9  # AUROC from which a fact is worth a sentence
CHANNELS = {1: "mono", 2: "stereo"}


def describe_regions(table: pd.DataFrame) -> list[str]:
    """A sentence for each region's format, and one for the fact that sets it apart most.

    table: as shortcuts.nuisances_of_songs returns it.
    """
    return [*describe_formats(table), *describe_sound(table)]


def describe_formats(table: pd.DataFrame) -> Iterator[str]:
    """Yield a sentence for each region whose songs all have one format that few others have."""
    formats = table[list(FORMAT)].apply(tuple, axis=1)
    for region in sorted(set(table["region"])):
        inside = table["region"] == region
        (codec, rate, channels), *others = formats[inside].unique()
        share = (formats[~inside] == (codec, rate, channels)).mean()
        if not others and share <= COMMON:
            kind = CHANNELS.get(channels, f"{channels} channels")
            yield (
                f"All songs of {region} are {codec} at {rate / 1000:g} kHz, {kind}; "
                f"of the others {share:.0%} are."
            )


def describe_sound(table: pd.DataFrame) -> Iterator[str]:
    """Yield a sentence for each region that one number alone sets apart from the others.

    How far is the AUROC of the number as a detector of the region.
    """
    from sklearn.metrics import roc_auc_score

    for region in sorted(set(table["region"])):
        inside = (table["region"] == region).to_numpy()
        auroc = {name: float(roc_auc_score(inside, table[name])) for name in SOUND}
        best = max(auroc, key=lambda name: abs(auroc[name] - 0.5))
        if abs(auroc[best] - 0.5) >= SEPARATION - 0.5:
            label, pattern = SOUND[best]
            median, others = (float(np.median(table[best][rows])) for rows in (inside, ~inside))
            yield (
                f"The median {label} of {region} is {pattern.format(median)}, that of the other "
                f"regions {pattern.format(others)} (AUROC {auroc[best]:.2f})."
            )
