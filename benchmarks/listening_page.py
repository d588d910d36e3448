"""A page with players: for each region real songs, and new ones of each kind, side by side."""

import shutil
from pathlib import Path

import jinja2

from benchmarks.generate_plot import song_set_name

TEMPLATE = Path(__file__).with_suffix(".html")
SONGS = 2  # of a region and a kind


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
