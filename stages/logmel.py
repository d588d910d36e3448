"""`python -m stages.logmel`: log-mel spectrogram of every segment, as one array."""

from typing import TYPE_CHECKING

import numpy as np

from stages import mel

if TYPE_CHECKING:
    from stages.sections import Logmel


def logmel(window: np.ndarray, sample_rate: int, settings: "Logmel") -> np.ndarray:
    """Mel spectrogram of one segment [sample] in dB, float32 [time, band]."""
    energy = mel.power(window, sample_rate, settings.n_fft, settings.hop_length, settings.mel_bands)
    return mel.decibels(energy).astype("float32")


def main() -> None:
    from stages import extraction, params

    settings = params.from_command(__doc__).logmel
    modules = ["stages.logmel", "stages.extraction", "stages.mel"]
    extraction.update("logmel", settings, modules, ["numpy", "scipy"])


if __name__ == "__main__":
    import stages.failure
    import stages.logmel

    with stages.failure.told("logmel"):
        stages.logmel.main()  # by this name, for worker processes to import
