"""`python -m benchmarks.transcribe`: how many notes are transcribed correctly, and how fast.

On the songs of corpora/folk.yaml, whose true notes are known (`dvc repro`). Thresholds are chosen
on songs of the training part, and compared with the network's own on songs of the test part. A note
is correct with the right pitch and an onset within 50 ms (mir_eval). One core. Writes
benchmarks/results/transcribe.json.
"""

import itertools
import time
from pathlib import Path

import mir_eval
import numpy as np

from benchmarks.report import RESULTS, print_source, print_table, write_json
from benchmarks.true_notes import true_notes
from musicregion.audio import decode
from musicregion.command import run
from musicregion.config import corpus, params
from musicregion.config.params import Params
from musicregion.corpus import folk
from musicregion.errors import NotEnoughData
from musicregion.rendering.tune import Recipe
from musicregion.storage import paths, tables
from musicregion.transcription import basic_pitch, note_decoding

RESULT = RESULTS / "transcribe.json"
SONGS = 4  # of a region, to choose the thresholds on
Thresholds = tuple[float, float, int]  # onset, frame, shortest (frames)
DEFAULT = 0.5, 0.3, 11  # of the network's package
GRID = (0.5, 0.55, 0.6, 0.65, 0.7), (0.3, 0.35, 0.4, 0.45), (4, 5, 8, 11)
SCORES = ("precision", "recall", "f1")


def score_notes(reference: np.ndarray, notes: np.ndarray) -> tuple[float, float, float]:
    """Precision, recall and F1 of notes [note, (start, end, pitch, …)], by onset and pitch."""
    if not len(notes):
        return 0.0, 0.0, 0.0
    arguments = []
    for rows in (reference, notes):
        ends = np.maximum(rows[:, 1], rows[:, 0] + 0.01)
        arguments += [np.stack([rows[:, 0], ends], 1), 440 * 2 ** ((rows[:, 2] - 69) / 12)]
    return mir_eval.transcription.precision_recall_f1_overlap(*arguments, offset_ratio=None)[:3]


def choose_songs(settings: Params) -> dict[str, list[Recipe]]:
    """By part, train and test: SONGS of each region to choose thresholds on, and all test songs.

    Raises:
        NotEnoughData: a part has no song.
    """
    parts = tables.SPLITS.read().set_index("song")["part"]
    usable = set(tables.SEGMENTS.read()["song"])
    recipes = folk.choose_recipes(corpus.load("folk"), settings.folk.songs, settings.folk.seed)
    chosen: dict[str, list[Recipe]] = {"train": [], "test": []}
    for recipe in recipes:
        part = parts.get(recipe.song)
        if recipe.song not in usable or part not in chosen:
            continue
        same_region = [other for other in chosen[part] if other.region == recipe.region]
        if part == "test" or len(same_region) < SONGS:
            chosen[part].append(recipe)
    if not all(chosen.values()):
        raise NotEnoughData(
            "data/ has no rendered songs of corpora/folk.yaml in the parts train and test. Run "
            "`dvc repro` with `corpus: folk`."
        )
    return chosen


def compute_activations(recipes: list[Recipe]) -> tuple[dict[str, tuple], float]:
    """The network's activations of each song, and seconds of audio a second, notes included."""
    weights = basic_pitch.fetch_weights(paths.BASIC_PITCH_WEIGHTS)
    songs = tables.SONGS.read().set_index("song")
    activations, seconds, start = {}, 0.0, time.perf_counter()
    for recipe in recipes:
        path = Path(songs.loc[recipe.song, "path"])
        wave = np.concatenate(list(decode.decode(path, basic_pitch.RATE)))
        activations[recipe.song] = basic_pitch.activations(wave, weights)
        note_decoding.decode_notes(*activations[recipe.song], *DEFAULT)
        seconds += len(wave) / basic_pitch.RATE
    return activations, seconds / (time.perf_counter() - start)


def main() -> None:
    settings = params.load_for_command(__doc__)
    chosen = choose_songs(settings)
    recipes = [*chosen["train"], *chosen["test"]]
    activations, speed = compute_activations(recipes)
    truth = {recipe.song: true_notes(recipe, settings) for recipe in recipes}

    def mean_scores(recipes: list[Recipe], thresholds: Thresholds) -> np.ndarray:
        scores = []
        for recipe in recipes:
            notes = note_decoding.decode_notes(*activations[recipe.song], *thresholds)
            notes[:, :2] *= basic_pitch.FRAME
            scores.append(score_notes(truth[recipe.song], notes))
        return np.mean(scores, axis=0)

    best = max(itertools.product(*GRID), key=lambda values: mean_scores(chosen["train"], values)[2])
    rows = []
    for region in [*sorted({recipe.region for recipe in chosen["test"]}), "all"]:
        recipes = [recipe for recipe in chosen["test"] if region in ("all", recipe.region)]
        default, tuned = mean_scores(recipes, DEFAULT), mean_scores(recipes, best)
        row = {"region": region, "songs": len(recipes), "f1_default": round(default[2], 3)}
        rows.append(
            row | {name: round(value, 3) for name, value in zip(SCORES, tuned, strict=True)}
        )
    print_table(
        ["region", "songs", "F1, default thresholds", "precision", "recall", "F1, chosen"],
        [row.values() for row in rows],
    )
    onset, frame, shortest = best
    shortest_s = shortest * basic_pitch.FRAME
    print(f"chosen: onset {onset}, frame {frame}, shortest {shortest_s:.3f} s")
    print(f"{speed:.0f} times real time, from the file to the notes, on one core")
    result = {"rows": rows, "x_realtime": round(speed, 1)}
    result |= {"onset": onset, "frame": frame, "shortest_s": round(shortest_s, 3)}
    write_json(RESULT, result)
    print_source("transcribe", RESULT)


if __name__ == "__main__":
    run(main)
