"""Paths of all files, relative to the repository's folder; each is written down only here."""

import os
from collections.abc import Iterable
from pathlib import Path

RAW = Path("data/raw")  # songs as downloaded or rendered, <region>/<song>.<ext>
RAW_PART = Path("data/raw.part")  # files being written, so that RAW never holds an incomplete one
SONGS = Path("data/songs.csv")

SEGMENT_FLACS = Path("data/segments")  # <region>/<song>.flac, a whole number of windows each
SEGMENTS = Path("data/segments.csv")
FAILED = Path("data/failed.csv")
NUISANCES = Path("data/nuisances.csv")

FINGERPRINTS = Path("data/fingerprint")
LANDMARK_INDEX = Path("data/fingerprint.part")  # while songs are compared
GROUPS = Path("data/groups.csv")
DUPLICATES = Path("data/duplicates.csv")
SPLITS = Path("data/splits.csv")

FEATURES = Path("data/features")  # an array, its index and its constants for each chosen kind
FEATURES_TABLE = Path("data/features.csv")
TUTORIAL_JSON = FEATURES / "data.json"

TRANSCRIPTIONS = Path("data/transcribe")
MIDI = TRANSCRIPTIONS / "midi"  # <region>/<song>.mid
BASIC_PITCH_WEIGHTS = Path("data/basic_pitch/nmp.onnx")

COMPOSER = Path("composer")  # a model of notes
COMPOSE_METRICS = Path("results/compose.json")

BEST_PARAMS = Path("results/best_params.yaml")
MODELS = Path("models")
CARD = "card.json"  # in the folder of a trained model, or of a model of notes
TRAINING_SONGS = "training_songs.npz"  # in the folder of a trained model
RESULTS = Path("results")
PREDICTIONS = RESULTS / "predictions.csv"
METRICS = RESULTS / "metrics.json"  # the headline
DETAILS = RESULTS / "details.json"  # all metrics
SHORTCUTS = RESULTS / "shortcuts.json"
SUSPECTS = RESULTS / "suspects.csv"  # songs whose label may be wrong
HISTORY = RESULTS / "history.csv"
REPORT = RESULTS / "report.html"
DVC_LOCK = Path("dvc.lock")
COMPARISON_LOGS = Path(".dvc/tmp/compare")  # what the experiments of compare-models print
WEB_TRAINING = Path(".dvc/tmp/web_training")  # the process and the log of the page's training


def segment_file(region: str, song: str) -> Path:
    """The segments of a song, one after another."""
    return SEGMENT_FLACS / region / f"{song}.flac"


def features_array(kind: str) -> Path:
    """The array of a kind of features; rows as in segments.csv."""
    return FEATURES / f"{kind}.npy"


def features_front_end(kind: str, folder: Path = FEATURES) -> Path:
    """The constants that a kind of features was computed with; folder: also that of a model."""
    return folder / f"{kind}.npz"


# not in data/features, an output, which DVC removes before it runs the stage
MUSICNN_WEIGHTS = Path("data/musicnn_weights/weights.npz")


def musicnn_graph(networks: Iterable[str]) -> Path:
    """The pretrained networks as one ONNX graph, made from the weights."""
    return MUSICNN_WEIGHTS.with_name(f"{'_'.join(networks)}.onnx")


def song_results_folder() -> Path:
    """The store of songs' results, an absolute path: the repository's, even in a copy of it.

    DVC runs some experiments in a throw-away copy and names the real repository in DVC_ROOT.
    """
    return Path(os.environ.get("DVC_ROOT", ".")).resolve() / ".song_results"
