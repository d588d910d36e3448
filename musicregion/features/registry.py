"""Every kind of features, by its name in params.yaml."""

from functools import partial

from musicregion.compute.parallel import map_songs_in_process
from musicregion.features import musicnn
from musicregion.features.extract import FeatureKind, extract_song
from musicregion.features.spectral import logmel, mfcc

KINDS = {
    "mfcc": FeatureKind(mfcc.__module__, ("numpy", "scipy"), partial(extract_song, mfcc)),
    "logmel": FeatureKind(logmel.__module__, ("numpy", "scipy"), partial(extract_song, logmel)),
    "musicnn": FeatureKind(
        musicnn.__name__,
        ("numpy", "scipy", "soxr", "tensorflow", "keras"),
        musicnn.extract_song,
        map_songs_in_process,  # TensorFlow keeps all cores busy by itself
    ),
}
