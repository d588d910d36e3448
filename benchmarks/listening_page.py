"""A page with players: for each region a real song, and new ones of each kind, side by side."""

import html
import shutil
from pathlib import Path

from benchmarks.generate_plot import name

STYLE = """
body {font-family: system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem}
table {border-collapse: collapse; width: 100%} td, th {text-align: left; padding: 0.3rem 0.6rem}
tr:nth-child(even) {background: #f4f4f4} audio {width: 16rem} .wrong {color: #b00}
"""
SONGS = 2  # of a region and a kind


def write(bodies: dict[tuple, list[dict]], verdicts: dict[tuple, list[str]], folder: Path) -> None:
    """Write index.html and its songs. Both by notes, method, guided; verdicts: the judge's."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    regions = sorted({song["region"] for songs in bodies.values() for song in songs})
    lines = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>New songs</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>'
        "<h1>New songs for a region, and real ones</h1>"
        "<p>The first of each kind. Judge: a model of other features that has learned from other "
        "songs. Copied: the longest run of notes that a song of training has too, in any key.</p>"
    ]
    for region in regions:
        lines.append(f"<h2>{html.escape(region)}</h2><table>")
        lines.append("<tr><th>kind</th><th>song</th><th>the judge says</th><th>copied</th></tr>")
        for key, songs in bodies.items():
            own = [place for place, song in enumerate(songs) if song["region"] == region]
            for place in own[:SONGS]:
                file = f"{region.lower()}-{'-'.join(map(str, key)).lower()}-{place}.flac"
                shutil.copyfile(songs[place]["path"], folder / file)
                said = html.escape(verdicts[key][place])
                colour = "" if said == region else ' class="wrong"'
                lines.append(
                    f'<tr><td>{name(*key)}</td><td><audio controls preload="metadata" src="{file}">'
                    f"</audio></td><td{colour}>{said}</td><td>{songs[place]['run']} notes</td></tr>"
                )
        lines.append("</table>")
    (folder / "index.html").write_text("\n".join(lines) + "\n", "utf-8")
