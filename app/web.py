"""`musicregion web`: serves a page on which to drop a song, record one, or choose an example.

    musicregion web
    WEB_PASSWORD=… musicregion web --host 0.0.0.0 --model models:/region@champion

Open http://127.0.0.1:7860, which only this computer can, unless --host says otherwise. With
WEB_PASSWORD in the environment the page asks for that password (and any name). Uploads are deleted
after ten minutes, and when the page ends. If a model of notes was trained (`dvc exp run -S
compose.epochs=40`) the page also makes new songs.
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


def read_composer_card(folder: Path) -> dict:
    """The card of a composer; if none was trained, print why, and return an empty one."""
    from musicregion.composition import composer

    try:
        return composer.read_card(folder)
    except ModelError as error:
        print(f"The page makes no new songs. {error}", file=sys.stderr)
        return {}


def check_password(password: bytes, name: str, given: str) -> bool:
    """Whether a visitor gave the password; any name will do."""
    return hmac.compare_digest(given.encode(), password)


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """The arguments of the command."""
    parser = argparse.ArgumentParser(
        prog="musicregion web",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="0.0.0.0 lets other computers open the page (default: 127.0.0.1)",
    )
    parser.add_argument("--port", type=int, default=7860, help="(default: 7860)")
    parser.add_argument("--model", default="models", help=MODEL_HELP)
    parser.add_argument(
        "--composer",
        type=Path,
        default=Path("composer"),
        help="folder of the model of notes (default: composer)",
    )
    parser.add_argument(
        "--links", action="store_true", help="let visitors enter links to public addresses"
    )
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> None:
    """Run the command.

    Raises:
        ModelError: there is no model, or the address cannot be used.
    """
    chosen = parse_arguments(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # deletes uploads then too
    writer = read_composer_card(chosen.composer)
    isolated.preload(
        "musicregion.generation.candidate" if writer else "musicregion.inference.predict_song"
    )
    with (
        locate_model(chosen.model) as folder,
        tempfile.TemporaryDirectory(prefix="page-") as temporary,
    ):
        if not (folder / CARD).is_file():
            raise ModelError(f"{folder}: no model there ({CARD}). `dvc repro` trains one.")
        # a copy, since the next training deletes models/
        folder = Path(shutil.copytree(folder, f"{temporary}/model"))
        card = json.loads((folder / CARD).read_text())
        regions = [name for name in writer.get("regions", []) if name in card["regions"]]
        if regions:
            shutil.copytree(chosen.composer, f"{temporary}/composer")
        if "test" not in card:
            raise ModelError(
                f"{chosen.model} was trained by an older version. Train it again with "
                "`dvc repro -f train`."
            )
        # where uploads go, and no requests to the internet; Gradio reads both when imported
        uploads = Path(temporary, "uploads")
        os.environ["GRADIO_TEMP_DIR"] = str(uploads)
        os.environ.update(GRADIO_ANALYTICS_ENABLED="False", HF_HUB_OFFLINE="1")
        from app import page, page_requests, upload_limit
        from app.page_examples import copy_examples

        examples, new_songs = Path(temporary, "examples"), Path(temporary, "made")
        examples.mkdir()
        new_songs.mkdir()

        def make_song(
            region: str, seconds: float, seed: int, on_try: Callable[[int, int], None]
        ) -> Iterator[NewSong]:
            order = Order(Path(temporary, "composer"), folder, region, seconds, seed)
            return page_requests.make_song(order, writer, new_songs, on_try)

        blocks = page.build_page(
            card,
            partial(page_requests.predict_upload, folder),
            partial(page_requests.predict_link, folder) if chosen.links else None,
            copy_examples(examples),
            os.cpu_count() or 1,
            (regions, make_song) if regions else None,
        )
        blocks.queue(max_size=page_requests.WAITING, api_open=False)
        password = os.environ.get("WEB_PASSWORD")
        try:
            blocks.launch(
                server_name=chosen.host,
                server_port=chosen.port,
                auth=partial(check_password, password.encode()) if password else None,
                allowed_paths=[str(examples)],
                max_file_size=page_requests.MEGABYTES << 20,
                app_kwargs=upload_limit.app_options(uploads, page_requests.UPLOADS, page.KEPT),
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
