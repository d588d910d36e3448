"""`python -m benchmarks.training_memory`: memory and time of training with up to 10,000 songs.

The features are synthetic, MFCC of songs of three minutes in shape (4 GB for 10,000 songs). Each
model is trained in a process of its own on four fifths of them, as the refit of the stage train is,
and predicts a fifth. Networks train for one epoch; the committee's process also compares songs with
the training songs, as the stage does for every model. Beside it, up to MOST_BEFORE songs, the same
with the code of commit BEFORE, which copied features into memory.

Memory is that of anonymous pages, which have to fit, and of all resident ones, among them those of
the features' file, which the system drops where it needs the room.
Rows that are already in benchmarks/results/training_memory.json are not run again.
"""

import shutil
import tempfile
from pathlib import Path

import yaml
from tqdm import tqdm

from benchmarks.measured_training import export_code, measure_training
from benchmarks.report import RESULTS, print_source, print_table, read_rows, write_json
from benchmarks.synthetic_features import write_features
from musicregion.command import run

TABLE = RESULTS / "training_memory.json"
SONGS = (254, 1_000, 10_000)
MODELS = ("committee", "dense_deep", "cnn")
BEFORE, MOST_BEFORE = "f508e43", 1_000
REPEATS = {254: 3}  # the fastest counts; once where nothing is said


def measure_model(model: str, songs: int, codes: dict[str, Path], folder: Path) -> list[dict]:
    """A row of the table for each code, the fastest of its repeats; they take turns."""
    rows = []
    for _ in range(REPEATS.get(songs, 1)):
        for name, code in codes.items():
            settings = yaml.safe_load((code / "params.yaml").read_text())
            settings["train"]["epochs"] = 1
            settings |= {"model": model, "features": "mfcc"}
            shutil.copytree(code / "corpora", folder / "corpora", dirs_exist_ok=True)
            (folder / "params.yaml").write_text(yaml.safe_dump(settings))
            rows.append(
                {"songs": songs, "model": model, "code": name} | measure_training(code, folder)
            )
    rows.sort(key=lambda row: row["seconds"])
    return [next(row for row in rows if row["code"] == name) for name in codes]


def mb_per_song(rows: list[dict]) -> float:
    """By how much the memory of today's code grows with a song, of the model where it grows most.

    rows: the table. Between the smallest number of songs and the largest.
    """
    growths = []
    for model in sorted({row["model"] for row in rows}):
        chosen = [row for row in rows if row["model"] == model and row["code"] == "now"]
        first, *_, last = sorted(chosen, key=lambda row: row["songs"])
        more = last["songs"] - first["songs"]
        growths.append((last["anonymous_mb"] - first["anonymous_mb"]) / more)
    return round(max(growths), 3)


def main() -> None:
    rows = read_rows(TABLE)
    with tempfile.TemporaryDirectory(dir="data") as temporary:
        before = Path(temporary, "before").resolve()
        export_code(BEFORE, before)
        for songs in SONGS:
            done = {row["model"] for row in rows if row["songs"] == songs}
            missing = [model for model in MODELS if model not in done]
            if not missing:
                continue
            folder = Path(temporary, f"{songs}")
            write_features(songs, folder)
            codes = {"before": before} if songs <= MOST_BEFORE else {}
            for model in tqdm(missing, f"{songs} songs", unit="model"):
                rows += measure_model(model, songs, codes | {"now": Path.cwd()}, folder)
                write_json(TABLE, rows)
    print_table(
        ["songs", "model", "code", "seconds", "anonymous, MB", "resident, MB"],
        [list(row.values()) for row in rows],
    )
    print("MB for one more song, at most:", mb_per_song(rows))
    print_source("training_memory", TABLE)


if __name__ == "__main__":
    run(main)
