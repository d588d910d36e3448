"""`python -m benchmarks.transcribe`: how many notes of a song are heard, and how fast.

On the songs of corpora/folk.yaml, whose true notes are known (`dvc repro`). Thresholds are chosen
on songs of the training part, and judged with the network's own on songs of the test part. A note
is right with the right pitch and an onset within 50 ms (mir_eval). One core. Writes
benchmarks/results/transcribe.json.
"""

import itertools
import json
import time
from pathlib import Path

import mir_eval
import numpy as np
import symusic

from musicregion.audio import decode
from musicregion.command import run
from musicregion.config import corpus, params
from musicregion.config.params import Params
from musicregion.corpus import folk, folk_rendering
from musicregion.rendering.tune import Recipe
from musicregion.storage import paths, tables
from musicregion.transcription import basic_pitch, note_decoding

SONGS = 4  # of a region, to choose the thresholds on
OWN = 0.5, 0.3, 11  # onset, frame, shortest (frames): what the network's package has
GRID = (0.5, 0.55, 0.6, 0.65, 0.7), (0.3, 0.35, 0.4, 0.45), (4, 5, 8, 11)


def truth(recipe: Recipe, settings: Params) -> np.ndarray:
    """The notes of a song but its drums, [note, (start, end, pitch)], in seconds."""
    palette = corpus.load("folk").folk()[recipe.region].palette
    midi, seconds, _ = folk_rendering.perform_recipe(recipe, palette, settings.folk)
    tracks = symusic.Score.from_midi(midi).to("second").tracks
    rows = [
        (note.start, min(note.end, seconds), note.pitch)
        for track in tracks
        if not track.is_drum
        for note in track.notes
    ]
    return np.array(rows)


def score(reference: np.ndarray, found: np.ndarray) -> tuple[float, float, float]:
    """Precision, recall and F1 of notes (start, end, pitch, …), by onset and pitch."""
    if not len(found):
        return 0.0, 0.0, 0.0
    given = []
    for rows in (reference, found):
        ends = np.maximum(rows[:, 1], rows[:, 0] + 0.01)
        given += [np.stack([rows[:, 0], ends], 1), 440 * 2 ** ((rows[:, 2] - 69) / 12)]
    return mir_eval.transcription.precision_recall_f1_overlap(*given, offset_ratio=None)[:3]


def judged(heard: tuple, reference: np.ndarray, thresholds: tuple) -> tuple[float, float, float]:
    found = note_decoding.decode_notes(*heard, *thresholds)
    found[:, :2] *= basic_pitch.FRAME
    return score(reference, found)


def main() -> None:
    settings = params.load_for_command(__doc__)
    weights = basic_pitch.fetch_weights(paths.BASIC_PITCH_WEIGHTS)
    songs = tables.SONGS.read().set_index("song")
    parts = tables.SPLITS.read().set_index("song")["part"]
    usable = set(tables.SEGMENTS.read()["song"])
    recipes = folk.choose_recipes(
        corpus.load("folk").folk(), settings.folk.songs, settings.folk.seed
    )
    chosen: dict[str, list[Recipe]] = {"train": [], "test": []}
    for recipe in recipes:
        part = chosen.get(parts.get(recipe.song), [])
        same = [one for one in part if one.region == recipe.region]
        if recipe.song in usable and (part is chosen["test"] or len(same) < SONGS):
            part.append(recipe)
    heard, seconds, start = {}, 0.0, time.perf_counter()
    for recipe in itertools.chain(*chosen.values()):
        path = Path(songs.loc[recipe.song, "path"])
        wave = np.concatenate(list(decode.decode(path, basic_pitch.RATE)))
        heard[recipe.song] = basic_pitch.activations(wave, weights)
        note_decoding.decode_notes(*heard[recipe.song], *OWN)
        seconds += len(wave) / basic_pitch.RATE
    speed = seconds / (time.perf_counter() - start)
    known = {recipe.song: truth(recipe, settings) for part in chosen.values() for recipe in part}

    def mean(part: list[Recipe], thresholds: tuple) -> np.ndarray:
        every = [judged(heard[one.song], known[one.song], thresholds) for one in part]
        return np.mean(every, axis=0)

    best = max(itertools.product(*GRID), key=lambda values: mean(chosen["train"], values)[2])
    rows = []
    for region in [*sorted({one.region for one in recipes}), "all"]:
        part = [one for one in chosen["test"] if region in ("all", one.region)]
        own, tuned = mean(part, OWN), mean(part, best)
        rows.append({"region": region, "songs": len(part), "f1_default": round(own[2], 3)})
        names = ("precision", "recall", "f1")
        rows[-1] |= {name: round(value, 3) for name, value in zip(names, tuned, strict=True)}
    print("| region | songs | F1, the network's own thresholds | precision | recall | F1, chosen |")
    print("|---|---|---|---|---|---|")
    for row in rows:
        print(f"| {' | '.join(str(value) for value in row.values())} |")
    onset, frame, shortest = best
    print(f"chosen: onset {onset}, frame {frame}, shortest {shortest * basic_pitch.FRAME:.3f} s")
    print(f"{speed:.0f} times real time, from the file to the notes, on one core")
    result = {"rows": rows, "x_realtime": round(speed, 1)}
    result |= {"onset": onset, "frame": frame, "shortest_s": round(shortest * basic_pitch.FRAME, 3)}
    Path("benchmarks/results/transcribe.json").write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    run(main)
