"""Every kind of features, by its name in params.yaml. A new one is a module and a line here.

Its params are a class in config/feature_sections.py, named in config/params.py, and a section of
params.yaml.
"""

from musicregion.features import musicnn, spectral, tonal
from musicregion.features.kind import FeatureKind, window_features

PACKAGES = ("numpy", "scipy", "librosa")  # whose versions decide spectral features

KINDS: dict[str, FeatureKind] = {
    "mfcc": window_features(spectral.mfcc, *PACKAGES, make_front_end=spectral.mfcc_front_end),
    "logmel": window_features(spectral.logmel, *PACKAGES, make_front_end=spectral.logmel_front_end),
    "musicnn": musicnn.KIND,
    "tonal": tonal.KIND,
}
