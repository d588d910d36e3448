"""`python -m benchmarks.generate [COMPOSER …]`: do new songs sound like their region, and are new?

100 songs of each kind, in the regions' proportions: of the n-gram baseline and of the decoder, the
first try and the one of four that the guide likes best, and real ones. Judged by a model of other
features that has learned from other songs (benchmarks/judge.py). COMPOSER: folders that compose
has written; composer/ where none is named. Needs `dvc repro` of the corpus folk. Writes
benchmarks/results/generate.json and .png, and results/listen/index.html, a page to listen to.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks import generate_plot, judge, listening_page, musicality
from benchmarks.bodies import SECONDS, Song, best, every, new, real, writer
from benchmarks.measure import measure
from benchmarks.musicality import Piece
from musicregion.config import params
from musicregion.errors import InputError
from musicregion.evaluation import metrics
from musicregion.generation.songs import TRIES
from musicregion.storage import paths
from musicregion.transcription import basic_pitch

NOTES = 12  # in a row that are too many to share
RESULT = Path("benchmarks/results/generate.json")
LISTEN = Path("results/listen")


def row(songs: list[Song], reference: list[Piece], named: list[str], facts: dict) -> dict:
    """What the table says of some songs. named: what the judge calls them."""
    right = np.array([song["region"] == name for song, name in zip(songs, named, strict=True)])
    low, high = metrics.bootstrap_interval(right, np.arange(len(songs)), 1)
    own = [piece for song in songs for piece in song["pieces"]]
    seconds = [song["seconds"] for song in songs if "seconds" in song]
    found = facts | {
        "songs": len(songs),
        "adherence": float(right.mean()),
        "adherence_low": low,
        "adherence_high": high,
        "novel_share": float(np.mean([song["run"] < NOTES for song in songs])),
        "median_run": float(np.median([song["run"] for song in songs])),
    }
    found |= musicality.distances(own, reference)
    found["seconds_per_piece"] = float(np.mean(seconds)) if seconds else None
    return {
        key: round(value, 4) if isinstance(value, float) else value for key, value in found.items()
    }


def command(folder: Path, *more: str) -> float:
    """Seconds of a whole `musicregion generate` for a song of 60 s."""
    with tempfile.TemporaryDirectory() as out:
        words = [sys.executable, "-m", "app.generate", "--region", "ireland", "--out", out]
        words += ["--composer", str(folder), "--seconds", "60", *more]
        return measure(words, Path.cwd()).seconds


def tried(notes: str, method: str, where: Path, held: list, folder: Path) -> list[list[Song]]:
    """New songs in the regions of real ones, with all tries at each."""
    items = [
        (where, method, one.region, (song, once), folder / f"{notes}-{method}-{song}-{once}")
        for song, one in enumerate(held)
        for once in range(TRIES)
    ]
    made = every(new, items, f"{notes} {method}")
    return [made[start : start + TRIES] for start in range(0, len(made), TRIES)]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("composers", nargs="*", type=Path, default=[paths.COMPOSER])
    folders = parser.parse_args().composers
    settings = params.load()
    if settings.corpus != "folk":
        raise InputError("corpus: the benchmark is of folk, whose songs can be made at will")
    short = settings.with_changes({"folk.seconds": [SECONDS, SECONDS]})
    basic_pitch.fetch_weights(paths.BASIC_PITCH_WEIGHTS)
    judge.prepare(settings)
    writers = {
        "true" if writer(one, "decoder").one_voice else "transcribed": one for one in folders
    }
    with tempfile.TemporaryDirectory(prefix="generate-") as temporary:
        folder = Path(temporary)
        teachers, held = judge.others(short)
        taught = every(judge.render, [(one, short, folder) for one in teachers], "judge's songs")
        heard = every(judge.features, [(path, settings) for path in taught], "judge hears")
        arbiter = judge.fit(heard, [one.region for one in teachers], settings)
        truth = every(real, [(one, folder, short, folders) for one in held], "real songs")
        bodies: dict[tuple, list[Song]] = {}
        for place, (notes, where) in enumerate(writers.items()):
            bodies[notes, "real", False] = [songs[place] for songs in truth]
            for method in ("ngram", "decoder"):
                groups = tried(notes, method, where, held, folder)
                bodies[notes, method, False] = [group[0] for group in groups]
                bodies[notes, method, True] = [best(group) for group in groups]
        rows, verdicts = [], {}
        for (notes, method, guided), songs in bodies.items():
            items = [(one["path"], settings) for one in songs]
            verdicts[notes, method, guided] = arbiter.named(
                every(judge.features, items, f"judge {method}")
            )
            reference = [piece for song in bodies[notes, "real", False] for piece in song["pieces"]]
            if method == "real":  # how far two bodies of real songs are apart
                reference = writer(writers[notes], "decoder").learned()
            facts = {"corpus": "folk", "notes": notes, "method": method, "guided": guided}
            rows.append(row(songs, reference, verdicts[notes, method, guided], facts))
            rows[-1]["judge_on_real"] = rows[0]["adherence"]  # the first are real songs
        listening_page.write(bodies, verdicts, LISTEN)
        runs = {key: [song["run"] for song in songs] for key, songs in bodies.items()}
    speed = {
        "guided_60_s": round(command(folders[0]), 2),
        "unguided_60_s": round(command(folders[0], "--no-guide"), 2),
    }
    names = ["notes", "method", "guided", "adherence", "novel_share", "median_run"]
    names += [name for name in rows[0] if name.endswith("distance")] + ["seconds_per_piece"]
    print(f"| {' | '.join(names)} |\n|{'---|' * len(names)}")
    for one in rows:
        print(f"| {' | '.join(str(one[name]) for name in names)} |")
    print(
        f"`musicregion generate`, 60 s: {speed['guided_60_s']} s; with --no-guide "
        f"{speed['unguided_60_s']} s"
    )
    validation = {
        notes: writer(where, "decoder").card["validation"] for notes, where in writers.items()
    }
    RESULT.write_text(
        json.dumps({"rows": rows, **speed, "validation": validation}, indent=2) + "\n"
    )
    generate_plot.plot(rows, runs, RESULT.with_suffix(".png"))
    print(f"to listen: {LISTEN}/index.html")


if __name__ == "__main__":
    import benchmarks.generate

    benchmarks.generate.main()  # by this name, for worker processes to import
