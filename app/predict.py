"""`python -m app.predict SONG…`: which region does a song belong to?

Prints for each song the region and its probability, the runners-up, and which region the song
sounds like from when to when; "none of these" where the best probability is below the model's
threshold. Ends with 1 where a song could not be read.

    python -m app.predict song.mp3
    python -m app.predict music/ --csv > answers.csv
    python -m app.predict "new/*.ogg" --model models:/region@champion
    python -m app.predict https://example.org/song.mp3 --plot song.png
"""

import argparse
import csv
import json
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from app import isolated, songs, timeline
from app.answer import Answer, ask
from app.locate import CARD, HELP, located

SHOWN = 20  # songs in one picture, at most
PASSAGES = 12  # in the text, at most


def words(name: str, answer: Answer) -> str:
    """The answer for people."""
    ranked = [f"{region} {value:.2f}" for region, value in answer.probabilities.items()]
    lines = [f"{name}: {ranked[0]}   ({', '.join(ranked[1:4])})"]
    if not answer.known:
        lines = [f"{name}: none of these   (the likeliest: {', '.join(ranked[:3])})"]
    passages = [f"{timeline.clock(start)} {region}" for start, _, region in answer.passages()]
    if len(passages) > 1:
        rest = f"  and {len(passages) - PASSAGES} more" if len(passages) > PASSAGES else ""
        lines.append(f"    {'  '.join(passages[:PASSAGES])}{rest}")
    return "\n".join(lines)


def record(name: str, result: Answer | str) -> dict:
    """The answer, or the reason for none, as JSON has it."""
    if isinstance(result, str):
        return {"song": name, "reason": result}
    region = result.region if result.known else None
    first = {"song": name, "region": region, "probability": result.probability}
    return first | {"duration_s": result.duration_s} | asdict(result)


def row(name: str, result: Answer | str) -> dict:
    """The same as a row of a table; its region is empty where it is none of these."""
    found = record(name, result)
    values = found.pop("probabilities", {})
    return found | {f"p_{region}": value for region, value in values.items()}


def reason(error: Exception) -> str:
    return str(error) or type(error).__name__


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "songs", nargs="+", metavar="SONG", help="files, folders, globs, or links of songs or lists"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--csv", action="store_true", help="print a table")
    parser.add_argument("--plot", type=Path, metavar="OUT.PNG", help="draw the timelines")
    parser.add_argument("--model", default="models", help=HELP)
    chosen = parser.parse_args()

    isolated.prepare("app.model")
    with located(chosen.model) as folder, tempfile.TemporaryDirectory(prefix="songs-") as temporary:
        if not (folder / CARD).is_file():
            raise SystemExit(f"{folder}: no model there ({CARD}). `dvc repro` trains one.")
        results = answers(chosen.songs, folder, Path(temporary), not (chosen.json or chosen.csv))
        regions = json.loads((folder / CARD).read_text())["regions"]
    if chosen.json:
        print(json.dumps([record(*result) for result in results], indent=2))
    elif chosen.csv:
        names = ["song", "region", "probability", "duration_s"]
        names += [f"p_{region}" for region in regions] + ["reason"]
        writer = csv.DictWriter(sys.stdout, names, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(row(*result) for result in results)
    good = [(name, result) for name, result in results if isinstance(result, Answer)]
    if chosen.plot and good:
        timeline.save(good[:SHOWN], chosen.plot)
        left = f", the first {SHOWN} of {len(good)} songs" if len(good) > SHOWN else ""
        print(f"{chosen.plot}: the timelines{left}", file=sys.stderr)
    if len(good) < len(results):
        raise SystemExit(1)


def answers(
    arguments: list[str], folder: Path, temporary: Path, tell: bool
) -> list[tuple[str, Answer | str]]:
    """Each song's name with its answer or a reason for none, told as they come.

    tell: print the answers; reasons are printed always.
    """
    wanted = songs.listed(arguments, temporary)
    files = [path for _, path in wanted if isinstance(path, Path)]
    cores = os.cpu_count() or 1
    threads = cores if len(files) == 1 else 1
    items = [(folder, path, float("inf"), threads) for path in files]
    found = isolated.each(ask, items, cores)
    results: list[tuple[str, Answer | str]] = []
    if len(wanted) > 1:
        from tqdm import tqdm

        bar = tqdm(wanted, "predict", unit="song", leave=False)
    else:
        bar = wanted
    for name, path in bar:
        result = path if isinstance(path, str) else next(found)
        if isinstance(result, SystemExit):
            raise result
        if isinstance(result, Exception):
            result = reason(result)
        results.append((name, result))
        bad = isinstance(result, str)
        if bad or tell:
            text = f"{name}: {result}" if bad else words(name, result)
            stream = sys.stderr if bad else sys.stdout
            if len(wanted) > 1:
                bar.write(text, file=stream)
            else:
                print(text, file=stream)
    return results


if __name__ == "__main__":
    main()
