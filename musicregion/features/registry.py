"""Every kind of features, by its name in params.yaml. A new one is a module and a line here.

Its params are a class in config/feature_sections.py, named in config/params.py, and a section of
params.yaml.
"""

from musicregion.features import musicnn
from musicregion.features.kind import FeatureKind, window_features
from musicregion.features.spectral import logmel, mfcc

KINDS: dict[str, FeatureKind] = {
    "mfcc": window_features(mfcc, "numpy", "scipy"),
    "logmel": window_features(logmel, "numpy", "scipy"),
    "musicnn": musicnn.KIND,
}
