"""`python -m app.web`: a page for people. Drop a song, record one, or choose an example.

Where a model of notes was trained (`python -m stages.compose --help`) it also makes new songs.

The page is at http://127.0.0.1:7860, for this computer alone, unless --host says otherwise. With
WEB_PASSWORD in the environment it asks for that password (and any name). Uploads are deleted after
ten minutes, and when the page ends.
"""

import argparse
import hmac
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from app import isolated
from app.locate import CARD, HELP, located
from app.newsong import NewSong
from app.order import Order


def examples(folder: Path) -> list[tuple[str, Path]]:
    """A test song of each region, the shortest, copied to `folder`; none where there is no data."""
    from stages import tables
    from stages.download import SONGS
    from stages.split import SPLITS

    if not SONGS.is_file() or not SPLITS.is_file():
        return []
    splits = tables.read(SPLITS, tables.SPLITS)
    test = splits.loc[splits["part"] == "test", "song"]
    songs = tables.read(SONGS, tables.SONGS)
    songs = songs[songs["song"].isin(test)].sort_values("duration_s")
    found = []
    for song in songs.drop_duplicates("region").sort_values("region").itertuples():
        if Path(song.path).is_file():
            copy = shutil.copyfile(song.path, folder / f"{song.song}{Path(song.path).suffix}")
            found.append((f"{song.region}: {song.title.partition(' / ')[0]}", Path(copy)))
    return found


def ready(folder: Path) -> dict:
    """The card of a composer; empty, and a sentence, where there is none that was trained."""
    from stages import composer

    try:
        return composer.card(folder)
    except SystemExit as reason:
        print(f"No new songs on this page. {reason}", file=sys.stderr)
        return {}


def allowed(password: bytes, name: str, given: str) -> bool:
    """Whether what a visitor gave is the password."""
    return hmac.compare_digest(given.encode(), password)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0: for other computers too")
    parser.add_argument("--port", type=int, default=7860)
    parser.add_argument("--model", default="models", help=HELP)
    parser.add_argument(
        "--composer", type=Path, default=Path("composer"), help="what writes new songs, if trained"
    )
    parser.add_argument(
        "--links", action="store_true", help="let visitors give links, of public addresses alone"
    )
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # so that uploads are deleted then too
    composing = ready(chosen.composer)
    isolated.prepare("app.candidate" if composing else "app.model")
    with located(chosen.model) as folder, tempfile.TemporaryDirectory(prefix="page-") as temporary:
        if not (folder / CARD).is_file():
            raise SystemExit(f"{folder}: no model there ({CARD}). `dvc repro` trains one.")
        # of its own, since the next training deletes models/
        folder = Path(shutil.copytree(folder, f"{temporary}/model"))
        card = json.loads((folder / CARD).read_text())
        regions = [name for name in composing.get("regions", []) if name in card["regions"]]
        if regions:
            shutil.copytree(chosen.composer, f"{temporary}/composer")
        if "test" not in card:
            raise SystemExit(f"{chosen.model} was trained by an older version: train anew.")
        # where uploads go, and what asks the internet for news; both are read at the import
        os.environ["GRADIO_TEMP_DIR"] = f"{temporary}/uploads"
        os.environ.update(GRADIO_ANALYTICS_ENABLED="False", HF_HUB_OFFLINE="1")
        from app import page, visit

        songs = Path(temporary, "examples")
        songs.mkdir()
        made = Path(temporary, "made")
        made.mkdir()

        def make(region: str, seconds: float, seed: int, tell: Callable) -> Iterator[NewSong]:
            order = Order(Path(temporary, "composer"), folder, region, seconds, seed)
            return visit.make_song(order, composing, made, tell)

        at_once = os.cpu_count() or 1
        blocks = page.page(
            card,
            partial(visit.hear_file, folder),
            partial(visit.hear_link, folder) if chosen.links else None,
            examples(songs),
            at_once,
            (regions, make) if regions else None,
        )
        blocks.queue(max_size=visit.WAITING, api_open=False)
        password = os.environ.get("WEB_PASSWORD")
        try:
            blocks.launch(
                server_name=chosen.host,
                server_port=chosen.port,
                auth=partial(allowed, password.encode()) if password else None,
                allowed_paths=[str(songs)],
                max_file_size=visit.MEGABYTES << 20,
                footer_links=[],
                quiet=True,
                prevent_thread_lock=True,
                ssr_mode=False,
                theme=page.THEME,
                css=page.STYLE,
            )
        except OSError as error:
            raise SystemExit(f"{chosen.host}:{chosen.port} cannot be used: {error}") from None
        print(f"Open http://{chosen.host}:{chosen.port} in a browser. Ctrl-C ends the page.")
        blocks.block_thread()


if __name__ == "__main__":
    main()
