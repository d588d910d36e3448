"""`python -m benchmarks.listening_page [ANSWERS …]`: which arrangement would you rather hear again?

Ten new songs, each accompanied as the rendered corpora are and as new songs are, with the same
tune, instruments, key and room. results/pairs/index.html plays them without names and has the
answers downloaded. ANSWERS: such files (JSON); how often each way was preferred is printed. Needs
`dvc repro` of the corpus folk and a model of notes. Writes benchmarks/results/listening_page.json
and, without ANSWERS, the page.

benchmarks.generate writes another page with write_page: for each region real songs, and new ones of
each kind, side by side.
"""

import argparse
import json
import shutil
import tempfile
from pathlib import Path

import jinja2

from benchmarks.generate_plot import song_set_name
from benchmarks.listening_pairs import KEY, PAGE, Pair, count_answers, sign_test, write_pairs
from benchmarks.paired_songs import SEED, WAYS, render_pair
from benchmarks.report import RESULTS, print_source, print_table, write_json
from benchmarks.tasks import map_all
from musicregion.command import run
from musicregion.composition import composer
from musicregion.errors import InputError
from musicregion.storage import paths

TEMPLATE = Path(__file__).with_suffix(".html")
SONGS = 2  # of a region and a kind
PAIRS = 10
PAIR_PAGE = paths.RESULTS / "pairs"
RESULT = RESULTS / "listening_page.json"


def write_page(
    song_sets: dict[tuple, list[dict]], predictions: dict[tuple, list[str]], folder: Path
) -> None:
    """Write index.html and its songs into an empty folder of this name.

    song_sets, predictions: by notes, method, guided; predictions are the judge's.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    regions: dict[str, list[dict]] = {}
    for region in sorted({song["region"] for songs in song_sets.values() for song in songs}):
        regions[region] = []
        for key, songs in song_sets.items():
            numbers = [number for number, song in enumerate(songs) if song["region"] == region]
            for number in numbers[:SONGS]:
                file = f"{region.lower()}-{'-'.join(map(str, key)).lower()}-{number}.flac"
                shutil.copyfile(songs[number]["path"], folder / file)
                row = {"kind": song_set_name(*key), "file": file, "run": songs[number]["run"]}
                regions[region].append(row | {"predicted": predictions[key][number]})
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    page = environment.from_string(TEMPLATE.read_text("utf-8")).render(regions=regions)
    (folder / "index.html").write_text(page, "utf-8")


def write_pair_page() -> list[dict]:
    """Render the pairs and write the page; a row for each pair."""
    regions = composer.read_card(paths.COMPOSER)["regions"]
    with tempfile.TemporaryDirectory(prefix="pairs-") as temporary:
        folder = Path(temporary)
        items = [(regions[n % len(regions)], n, folder) for n in range(1, PAIRS + 1)]
        rows = map_all(render_pair, items, "pairs")
        pairs = [
            Pair(WAYS, (folder / f"{n}-{WAYS[0]}.flac", folder / f"{n}-{WAYS[1]}.flac"))
            for _, n, _ in items
        ]
        write_pairs(pairs, "Which arrangement?", SEED, PAIR_PAGE)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("answers", nargs="*", type=Path, metavar="ANSWERS")
    answers = parser.parse_args().answers
    if not answers:
        results: dict = {"pairs": write_pair_page(), "answers": {}}
        names = ["pair", "region", *WAYS]
        print("The region's probability, by the model that classifies songs:")
        print_table(names, [[row[name] for name in names] for row in results["pairs"]])
    else:
        if not (PAIR_PAGE / KEY).is_file():
            raise InputError(f"{PAIR_PAGE / KEY}: not there. The command without ANSWERS makes it.")
        counts = count_answers(answers, PAIR_PAGE)
        results = json.loads(RESULT.read_text()) | {"answers": counts}
        preferred = [counts.get(way, 0) for way in WAYS]
        row = [*preferred, counts.get("neither", 0), f"{sign_test(*preferred):.3f}"]
        print_table([*WAYS, "neither", "p (sign test)"], [row])
    write_json(RESULT, results)
    print_source("listening_page", RESULT, PAIR_PAGE / PAGE)


if __name__ == "__main__":
    run(main)
