"""`musicregion web`: a page for people. Drop a song, record one, or choose an example.

Where a model of notes was trained (`dvc exp run -S compose.epochs=40`) it also makes new songs.

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

from app.model_location import MODEL_HELP, locate_model
from musicregion.compute import isolated
from musicregion.errors import ModelError
from musicregion.generation.order import Order
from musicregion.generation.songs import NewSong
from musicregion.storage.paths import CARD


def copy_examples(folder: Path) -> list[tuple[str, Path]]:
    """A test song of each region, the shortest, copied to `folder`; none where there is no data."""
    from musicregion.storage import tables
    from musicregion.storage.paths import SONGS, SPLITS

    if not SONGS.is_file() or not SPLITS.is_file():
        return []
    splits = tables.SPLITS.read()
    test = splits.loc[splits["part"] == "test", "song"]
    songs = tables.SONGS.read()
    songs = songs[songs["song"].isin(test)].sort_values("duration_s")
    found = []
    for song in songs.drop_duplicates("region").sort_values("region").itertuples():
        if Path(song.path).is_file():
            copy = shutil.copyfile(song.path, folder / f"{song.song}{Path(song.path).suffix}")
            found.append((f"{song.region}: {song.title.partition(' / ')[0]}", Path(copy)))
    return found


def read_composer_card(folder: Path) -> dict:
    """The card of a composer; empty, and a sentence, where there is none that was trained."""
    from musicregion.composition import composer

    try:
        return composer.read_card(folder)
    except ModelError as reason:
        print(f"No new songs on this page. {reason}", file=sys.stderr)
        return {}


def check_password(password: bytes, name: str, given: str) -> bool:
    """Whether what a visitor gave is the password."""
    return hmac.compare_digest(given.encode(), password)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="musicregion web",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0: for other computers too")
    parser.add_argument("--port", type=int, default=7860)
    parser.add_argument("--model", default="models", help=MODEL_HELP)
    parser.add_argument(
        "--composer", type=Path, default=Path("composer"), help="what writes new songs, if trained"
    )
    parser.add_argument(
        "--links", action="store_true", help="let visitors give links, of public addresses alone"
    )
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # so that uploads are deleted then too
    composing = read_composer_card(chosen.composer)
    isolated.preload(
        "musicregion.generation.candidate" if composing else "musicregion.inference.predict_song"
    )
    with (
        locate_model(chosen.model) as folder,
        tempfile.TemporaryDirectory(prefix="page-") as temporary,
    ):
        if not (folder / CARD).is_file():
            raise ModelError(f"{folder}: no model there ({CARD}). `dvc repro` trains one.")
        # of its own, since the next training deletes models/
        folder = Path(shutil.copytree(folder, f"{temporary}/model"))
        card = json.loads((folder / CARD).read_text())
        regions = [name for name in composing.get("regions", []) if name in card["regions"]]
        if regions:
            shutil.copytree(chosen.composer, f"{temporary}/composer")
        if "test" not in card:
            raise ModelError(f"{chosen.model} was trained by an older version: train anew.")
        # where uploads go, and what asks the internet for news; both are read at the import
        os.environ["GRADIO_TEMP_DIR"] = f"{temporary}/uploads"
        os.environ.update(GRADIO_ANALYTICS_ENABLED="False", HF_HUB_OFFLINE="1")
        from app import page, page_requests

        songs = Path(temporary, "examples")
        songs.mkdir()
        made = Path(temporary, "made")
        made.mkdir()

        def make(region: str, seconds: float, seed: int, tell: Callable) -> Iterator[NewSong]:
            order = Order(Path(temporary, "composer"), folder, region, seconds, seed)
            return page_requests.make_song(order, composing, made, tell)

        at_once = os.cpu_count() or 1
        blocks = page.build_page(
            card,
            partial(page_requests.predict_upload, folder),
            partial(page_requests.predict_link, folder) if chosen.links else None,
            copy_examples(songs),
            at_once,
            (regions, make) if regions else None,
        )
        blocks.queue(max_size=page_requests.WAITING, api_open=False)
        password = os.environ.get("WEB_PASSWORD")
        try:
            blocks.launch(
                server_name=chosen.host,
                server_port=chosen.port,
                auth=partial(check_password, password.encode()) if password else None,
                allowed_paths=[str(songs)],
                max_file_size=page_requests.MEGABYTES << 20,
                footer_links=[],
                quiet=True,
                prevent_thread_lock=True,
                ssr_mode=False,
                theme=page.THEME,
                css=page.STYLE,
            )
        except OSError as error:
            raise ModelError(f"{chosen.host}:{chosen.port} cannot be used: {error}") from None
        print(f"Open http://{chosen.host}:{chosen.port} in a browser. Ctrl-C ends the page.")
        blocks.block_thread()
