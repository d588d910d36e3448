"""A model folder that answers: ONNX Runtime where training had TensorFlow and scikit-learn.

Whoever asks waits for these imports, so they are few; the answers come from the same code as in
training.
"""

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from app.answer import Answer, Moment
from app.graph import Graph
from stages import calibration
from stages.audio import Undecodable, decode
from stages.dataset import UNKNOWN, Dataset
from stages.export import FEATURES, MEMBERS, PATCHES
from stages.network import Network
from stages.statistical import Statistical
from stages.windows import standardised, waveform

AHEAD = 16  # windows that are decoded before their features are wanted


def alongside(task: Callable, items: Iterable) -> Iterator:
    """task(item) of every item, computed in a thread while the next items come."""
    waiting: deque[Future] = deque()
    with ThreadPoolExecutor(1) as pool:
        for item in items:
            waiting.append(pool.submit(task, item))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        yield from (future.result() for future in waiting)


@dataclass(frozen=True)
class Model:
    """What train has left: see load."""

    card: dict
    classifier: Network | Statistical
    ear: Graph | None  # the pretrained network, where features are its activations

    def section(self, name: str) -> SimpleNamespace:
        """A section of the params that the model was trained with."""
        found = {
            key.removeprefix(f"{name}."): value
            for key, value in self.card["params"].items()
            if key.startswith(f"{name}.")
        }
        return SimpleNamespace(**found)

    def features(self, windows: Iterator[np.ndarray]) -> np.ndarray:
        """Features of windows [sample], float32 [segment, time, channel]."""
        name = self.card["params"]["features"]
        settings, rate = self.section(name), self.section("segment").sample_rate
        stage = import_module(f"stages.{name}")
        if self.ear:
            pairs = ((window, rate) for window in windows)
            return np.concatenate(list(stage.activations(pairs, settings, self.ear.predict_proba)))
        make = getattr(stage, name)
        return np.stack(list(alongside(lambda window: make(window, rate, settings), windows)))


def load(folder: Path, threads: int = 1) -> Model:
    """Read a model folder.

    threads: of ONNX Runtime.

    Raises:
        SystemExit: there is no model, or it lacks what answers.
    """
    try:
        card = json.loads((folder / "card.json").read_text())
    except FileNotFoundError:
        raise SystemExit(f"{folder}: no model there (card.json). `dvc repro` trains one.") from None
    except ValueError as error:
        raise SystemExit(f"{folder}/card.json: damaged ({error}). `dvc repro -f train`") from None
    try:
        graphs = {path.name: Graph(path, threads) for path in sorted(folder.glob("*.onnx"))}
    except Exception as error:  # onnxruntime has a class for each of its many
        raise SystemExit(f"{folder}: an .onnx file is damaged ({error})") from None
    members = {hears: graphs[file] for hears, file in MEMBERS.items() if file in graphs}
    if FEATURES in graphs:
        classifier: Network | Statistical = Network(graphs[FEATURES])
    elif "song" in members:
        classifier = Statistical(members, len(card["regions"]))
    else:
        raise SystemExit(f"{folder}: no .onnx file, so it was trained by an older version: train.")
    return Model(card, classifier, graphs.get(PATCHES))


def by_region(model: Model, probabilities: np.ndarray) -> dict[str, float]:
    """Probabilities [region] by name, the likeliest first."""
    order = np.argsort(-probabilities, kind="stable")
    return {model.card["regions"][place]: round(float(probabilities[place]), 6) for place in order}


def heard(
    model: Model, path: Path, longest: float = float("inf")
) -> tuple[np.ndarray, list[float]]:
    """Features [segment, time, channel] of a file, and how many seconds of each are its own.

    Raises:
        Undecodable: not audio, silent, too short, or longer than `longest` seconds.
    """
    settings = model.section("segment")
    lengths: list[float] = []

    def windows() -> Iterator[np.ndarray]:
        for window in standardised(decode(path, settings.sample_rate), settings):
            if len(lengths) * settings.window >= longest:
                raise Undecodable(f"longer than {longest / 60:g} minutes")
            lengths.append(window.real / settings.sample_rate)
            yield waveform(window.samples)

    return model.features(windows()), lengths


def probabilities(model: Model, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Calibrated, of a song [region] and of its segments [segment, region].

    features: of the song's segments, [segment, time, channel].
    """
    rows = np.arange(len(features))
    same = np.full(len(rows), "song")
    data = Dataset(features, np.full(len(rows), UNKNOWN), same, same, same, model.card["regions"])
    temperature = model.card["temperature"]
    _, (song,) = model.classifier.songs(data, rows)
    segments = model.classifier.segments(data, rows)
    return (
        calibration.scaled(song[None], temperature["song"])[0],
        calibration.scaled(segments, temperature["segment"]),
    )


def answer(model: Model, path: Path, longest: float = float("inf")) -> Answer:
    """What the model says of an audio file; as `heard`."""
    features, lengths = heard(model, path, longest)
    song, segments = probabilities(model, features)
    regions = by_region(model, song)
    window = model.section("segment").window
    return Answer(
        known=max(regions.values()) >= model.card["threshold"],
        probabilities=regions,
        timeline=[
            Moment(row * window, round(length, 3), by_region(model, segment))
            for row, (length, segment) in enumerate(zip(lengths, segments, strict=True))
        ],
    )
