"""`python -m benchmarks.duplicates`: does the fingerprint match copies, and nothing else?

Every song of data/raw (`dvc repro` makes it, from corpora/folk.yaml) is copied in eight ways, and
all files are compared. A pair of a song and its copy, or of two copies of one song, should match;
any other pair should not. Then the pairs within data/corpora/games (`make games`), if it is there.
Writes benchmarks/results/duplicates.json.
"""

import tempfile
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import games
from benchmarks.report import RESULTS, print_source, write_json
from benchmarks.song_copies import KINDS, ORIGINAL, copy_landmarks
from benchmarks.tasks import map_all
from musicregion.audio.landmark_matching import match_landmarks
from musicregion.command import run
from musicregion.config import params, sections
from musicregion.storage import tables

RESULT = RESULTS / "duplicates.json"
SHARES = [0.01, 0.02, 0.04, 0.08, 0.16]


def score_matches(matches: pd.DataFrame, songs: np.ndarray, kinds: np.ndarray) -> list[dict]:
    """Precision and recall over all pairs, and recall by kind of copy, for each of SHARES.

    songs, kinds: of each file, [file]. The precision of no matches at all is 1.
    """
    truth = {
        (a, b)
        for song in np.unique(songs)
        for a, b in combinations(np.flatnonzero(songs == song).tolist(), 2)
    }
    rows = []
    for share in SHARES:
        near = matches[matches["share"] >= share]
        pairs = {tuple(sorted(pair)) for pair in zip(near["a"], near["b"], strict=True)}
        row = {"share": share, "precision": len(pairs & truth) / len(pairs) if pairs else 1.0}
        row["recall"] = len(pairs & truth) / len(truth)
        for kind in KINDS:
            of_kind = {(a, b) for a, b in truth if {kinds[a], kinds[b]} == {ORIGINAL, kind}}
            row[kind] = len(pairs & of_kind) / len(of_kind)
        rows.append(row)
    return rows


def match_files(items: list[tuple[Path, str, sections.Segment]], label: str) -> pd.DataFrame:
    """match_landmarks of files: path, kind and settings of each, see copy_landmarks."""
    songs = map_all(copy_landmarks, items, label)
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary, "landmarks.npy")
        np.save(path, np.concatenate(songs))
        return match_landmarks(
            path, np.array([len(song) for song in songs]), path.with_name("index")
        )


def match_games(songs: list[Path], settings: sections.Segment) -> list[dict]:
    """Pairs of games' songs that share landmarks, the most similar first."""
    items = [(path, ORIGINAL, settings) for path in songs]
    near = match_files(items, "games")
    near = near[near["share"] >= SHARES[0] / 2].sort_values("share", ascending=False)
    names = [str(path.relative_to(games.GAMES)) for path in songs]
    return [
        {"a": names[row.a], "b": names[row.b], "share": round(row.share, 4)}
        for row in near.itertuples()
    ]


def main() -> None:
    settings = params.load_for_command(__doc__)
    table = tables.SONGS.read()
    paths = [Path(path) for path in table.loc[table["status"] == "ok", "path"]]
    items = [(path, kind, settings.segment) for path in paths for kind in [ORIGINAL, *KINDS]]
    matches = match_files(items, "folk and copies")
    songs = np.array([path.stem for path, _, _ in items])
    kinds = np.array([kind for _, kind, _ in items])
    rows = score_matches(matches, songs, kinds)
    wrong = matches[songs[matches["a"]] != songs[matches["b"]]]["share"]
    largest = round(float(wrong.max()), 4) if len(wrong) else 0.0
    result = {"corpus": settings.corpus, "songs": len(paths), "files": len(items)}
    result |= {"largest_share_of_a_wrong_pair": largest, "shares": rows}
    print(pd.DataFrame(rows).set_index("share").T.round(4).to_string())
    print(f"largest share of a wrong pair: {largest:.4f}")
    if songs_of_games := games.list_songs():
        result["games"] = match_games(songs_of_games, settings.segment)
        print(pd.DataFrame(result["games"]).to_string(index=False))
    write_json(RESULT, result, indent=1)
    print_source("duplicates", RESULT)


if __name__ == "__main__":
    run(main)
