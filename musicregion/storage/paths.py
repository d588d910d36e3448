"""Paths of all files, relative to the repository's folder; each is written down only here."""

import os
from pathlib import Path

RAW = Path("data/raw")  # songs as downloaded or rendered, <region>/<song>.<ext>
RAW_PART = Path("data/raw.part")  # files being written, so that RAW never holds an incomplete one
SONGS = Path("data/songs.csv")

SEGMENT_FLACS = Path("data/segments")  # <region>/<song>.flac, a whole number of windows each
SEGMENTS = Path("data/segments.csv")
FAILED = Path("data/failed.csv")

FINGERPRINTS = Path("data/fingerprint")
GROUPS = Path("data/groups.csv")
DUPLICATES = Path("data/duplicates.csv")
SPLITS = Path("data/splits.csv")

TRANSCRIPTIONS = Path("data/transcribe")
MIDI = TRANSCRIPTIONS / "midi"  # <region>/<song>.mid
BASIC_PITCH_WEIGHTS = Path("data/basic_pitch/nmp.onnx")

COMPOSER = Path("composer")  # a model of notes
COMPOSE_METRICS = Path("results/compose.json")

BEST_PARAMS = Path("results/best_params.yaml")
MODELS = Path("models")
CARD = "card.json"  # in the folder of a trained model, or of a model of notes
FRONT_END = "front_end.npz"  # in the folder of features, and in that of a trained model
RESULTS = Path("results")
PREDICTIONS = RESULTS / "predictions.csv"
METRICS = RESULTS / "metrics.json"  # the headline
DETAILS = RESULTS / "details.json"  # all metrics
HISTORY = RESULTS / "history.csv"
DVC_LOCK = Path("dvc.lock")
COMPARISON_LOGS = Path(".dvc/tmp/compare")  # what the experiments of compare-models print


def features_folder(features: str) -> Path:
    """The folder of a kind of features and their index."""
    return Path("data", features)


def features_array(features: str) -> Path:
    """The array of a kind of features; rows as in segments.csv."""
    return features_folder(features) / "features.npy"


def features_front_end(features: str) -> Path:
    """The constants that a kind of features was computed with."""
    return features_folder(features) / FRONT_END


TUTORIAL_JSON = features_folder("mfcc") / "data.json"
# not in data/musicnn, an output, which DVC removes before it runs the stage
MUSICNN_WEIGHTS = Path("data/musicnn_weights/weights.npz")


def song_results_folder() -> Path:
    """The store of songs' results, an absolute path: the repository's, even in a copy of it.

    DVC runs some experiments in a throw-away copy and names the real repository in DVC_ROOT.
    """
    return Path(os.environ.get("DVC_ROOT", ".")).resolve() / ".song_results"
