"""`python -m stages.download`: the chosen corpus → data/raw/<region>/ and data/songs.csv.

What is there and whole is not fetched again. `dvc repro -f download` looks whether the
playlists have changed; `dvc repro` then does what follows from it.
"""

import shutil
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from stages import corpus, journal, manifest, params, tables
from stages.corpus import Corpus, FolkSource
from stages.failure import STOP, Unavailable
from stages.fetch import ASIDE, RAW, fetch_all
from stages.params import Params
from stages.prune import prune
from stages.sources import Song

SONGS = Path("data/songs.csv")
JOURNAL = Path("data/download.jsonl")  # of a run that is not at its end


def offered(chosen: Corpus, settings: Params) -> list[Song]:
    """Every song that the corpus's sources list now, in the corpus file's order.

    Raises:
        Unavailable: a source cannot be listed.
    """
    from stages import folk, playlist, sources

    songs: list[Song] = []
    for name, region in chosen.regions.items():
        for source in region.sources:
            if isinstance(source, FolkSource):
                continue
            place, album = (
                (source, "") if isinstance(source, str) else (source.source, source.album)
            )
            if place.startswith(("http://", "https://")):
                found = playlist.songs(name, place, settings.download)
            else:
                found = sources.local(name, place)
            songs += [replace(song, album=album) for song in found]
    palettes = chosen.folk()
    if palettes:
        for recipe in folk.recipes(palettes, settings.folk.songs, settings.folk.seed):
            songs.append(sources.folk(recipe, palettes[recipe.region].palette, settings.folk))
    return songs


def settle_claims(songs: list[Song], belongs: dict[str, str]) -> tuple[list[Song], dict[str, str]]:
    """One entry for each song, and a reason for each song that two or more regions claim.

    belongs: the corpus's word on a song, by its id or link: the region that has it.
    """
    claims = defaultdict(list)
    for song in songs:
        claims[song.song].append(song)
    chosen, contested = [], {}
    for name, claim in claims.items():
        word = belongs.get(name) or belongs.get(claim[0].source)
        kept = [song for song in claim if word in (None, song.region)] or claim
        regions = sorted({song.region for song in kept})
        chosen.append(kept[0])
        if len(regions) > 1:
            contested[name] = (
                f"in {' and '.join(regions)}: keep it in one of them, or say in the corpus file "
                f"which it belongs to, as `belongs: {{{name}: {regions[0]}}}`"
            )
    return chosen, contested


def report(table: pd.DataFrame, kept: set[str], dropped: int) -> str:
    """A line for each failure, then a table by region of new, kept and failed songs."""
    lines = [
        f"{row.kind}: {row.region}/{row.song} ({row.title}): {row.reason}"
        for row in table[table["kind"] != ""].itertuples()
    ]
    state = table["status"].where(table["status"] != "ok", "new")
    state = state.mask((state == "new") & table["song"].isin(kept), "kept")
    counts = pd.crosstab(table["region"], state).reindex(
        index=table["region"].unique(), columns=["new", "kept", "failed"], fill_value=0
    )
    counts.loc["all"] = counts.sum()
    lines.append(counts.to_string())
    if dropped:
        lines.append(f"{dropped} songs of the run before are not listed any more: dropped")
    return "\n".join(lines)


def enough(table: pd.DataFrame, allowed: float) -> None:
    """Stop where more songs failed than allowed.

    allowed: share of the songs listed.

    Raises:
        SystemExit: says how many failed of which kinds, and what to do.
    """
    failed = table[table["status"] != "ok"]
    if len(failed) == len(table):
        raise SystemExit("download: not one song could be had; the reasons are above")
    if len(failed) > allowed * len(table):
        kinds = ", ".join(
            f"{kind} {count}" for kind, count in failed["kind"].value_counts().items()
        )
        raise SystemExit(
            f"download: {len(failed)} of {len(table)} songs failed ({kinds}), and "
            f"download.allow_missing is {allowed:g}. Run it again: what is there is kept. Take "
            "lost songs off the playlists, or raise download.allow_missing."
        )


def main() -> None:
    settings = params.from_command(__doc__)
    chosen = corpus.load(settings.corpus)
    try:
        listed = offered(chosen, settings)
    except Unavailable as error:
        todo = STOP.get(error.kind, "No song was touched.")
        raise SystemExit(f"corpora/{settings.corpus}.yaml: {error.kind}: {error}. {todo}") from None
    songs, contested = settle_claims(listed, chosen.belongs)
    for name, reason in contested.items():
        print(f"WARNING: {name} is {reason}")

    earlier = manifest.earlier(SONGS, JOURNAL)
    shutil.rmtree(ASIDE, ignore_errors=True)
    ASIDE.mkdir(parents=True)
    known = [song for song in songs if song.song in earlier and song.song not in contested]
    with ThreadPoolExecutor() as pool:
        limits = settings.download
        checks = pool.map(lambda song: manifest.intact(song, earlier[song.song], limits), known)
        checks = tqdm(checks, "check", len(known), unit="song", disable=not known)
        kept = {song.song for song, whole in zip(known, checks, strict=True) if whole}
    results = {
        name: {"status": "failed", "kind": "contested", "reason": reason}
        for name, reason in contested.items()
    }
    for song in songs:
        if song.song in kept:
            results[song.song] = manifest.keep(song, earlier[song.song], RAW)
            if results[song.song]["path"] != earlier[song.song]["path"]:
                journal.append(JOURNAL, earlier[song.song] | results[song.song])
    missing = [song for song in songs if song.song not in results]
    stop = None
    for song, result in fetch_all(missing, settings.download):
        results[song.song] = result
        if result["status"] == "ok":
            journal.append(
                JOURNAL, {"song": song.song, "title": song.title, "version": song.version} | result
            )
        elif result["kind"] in STOP:
            stop = stop or result
    if stop:
        raise SystemExit(f"download: {stop['kind']}: {stop['reason']}.\n{STOP[stop['kind']]}")
    shutil.rmtree(ASIDE)

    rows = [manifest.row(song, chosen.regions[song.region], results[song.song]) for song in songs]
    prune(RAW, {Path(row["path"]) for row in rows if row["path"]})
    tables.write(rows, tables.SONGS, SONGS)
    JOURNAL.unlink(missing_ok=True)
    table = pd.DataFrame(rows)
    dropped = len(set(earlier) - set(table["song"]))
    print(report(table, kept, dropped))
    enough(table, settings.download.allow_missing)


if __name__ == "__main__":
    import stages.download
    import stages.failure

    with stages.failure.told("download"):
        stages.download.main()  # by this name, for worker processes to import
