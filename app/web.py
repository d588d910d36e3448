"""`musicregion web`: serves a page on which to drop a song, record one, or choose an example.

    musicregion web
    WEB_PASSWORD=… musicregion web --host 0.0.0.0 --model models:/region@champion

Open http://127.0.0.1:7860, which only this computer can, unless --host says otherwise. With
WEB_PASSWORD in the environment the page asks for that password (and any name). Uploads are deleted
after ten minutes, and when the page ends. If a model of notes was trained (`dvc exp run -S
compose.epochs=40`) the page also makes new songs. On this computer alone it also mends labels and
trains; before there is a model, it only trains.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from app.model_location import MODEL_HELP, copy_model, locate_model
from app.page.this_computer import can_train, is_loopback
from musicregion.compute import isolated
from musicregion.compute.task_process import TaskProcess
from musicregion.errors import ModelError
from musicregion.generation.order import Order
from musicregion.generation.songs import NewSong
from musicregion.storage.paths import CARD, MODELS, SUSPECTS


def read_composer_card(folder: Path) -> dict:
    """The card of a composer; if none was trained, print why, and return an empty one."""
    from musicregion.composition import composer

    try:
        return composer.read_card(folder)
    except ModelError as error:
        print(f"The page makes no new songs. {error}", file=sys.stderr)
        return {}


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
    with tempfile.TemporaryDirectory(prefix="page-") as temporary:
        uploads = Path(temporary, "uploads")
        # where uploads go, and no requests to the internet; Gradio reads both when imported
        os.environ["GRADIO_TEMP_DIR"] = str(uploads)
        os.environ.update(GRADIO_ANALYTICS_ENABLED="False", HF_HUB_OFFLINE="1")
        has_model = chosen.model != str(MODELS) or (MODELS / CARD).is_file()
        if has_model or not can_train(chosen.host):
            serve_model(chosen, Path(temporary), uploads)
        else:
            from app.page import server

            server.serve_training_page(chosen.host, chosen.port, uploads)


def serve_model(chosen: argparse.Namespace, temporary: Path, uploads: Path) -> None:
    """Serve a page that predicts.

    chosen: the arguments of the command. temporary: an empty folder.

    Raises:
        ModelError: there is no model, or the address cannot be used.
    """
    writer = read_composer_card(chosen.composer)
    makers = ["musicregion.generation.candidate"] if writer else []
    isolated.preload("musicregion.inference.examine_song", *makers)
    folder = temporary / "model"
    with locate_model(chosen.model) as trained:
        card = copy_model(trained, chosen.model, folder)
    regions = [name for name in writer.get("regions", []) if name in card["regions"]]
    if regions:
        shutil.copytree(chosen.composer, temporary / "composer")
    examples, new_songs = temporary / "examples", temporary / "made"
    examples.mkdir()
    new_songs.mkdir()
    from app.page import layout, new_song_requests, report_route, requests, server
    from app.page.examples import copy_examples

    def make_song(
        region: str, seconds: float, seed: int, on_try: Callable[[int, int], None]
    ) -> Iterator[NewSong]:
        order = Order(temporary / "composer", folder, region, seconds, seed)
        return new_song_requests.make_song(order, writer, new_songs, on_try)

    report = report_route.report_address() if can_train(chosen.host) else ""
    blocks = layout.build_page(
        card,
        partial(requests.predict_upload, folder),
        partial(requests.examine_upload, folder),
        partial(requests.examine_link, folder) if chosen.links else None,
        partial(requests.predict_microphone, TaskProcess(), folder),
        copy_examples(examples),
        os.cpu_count() or 1,
        (regions, make_song) if regions else None,
        doctor=is_loopback(chosen.host) and SUSPECTS.is_file(),
        report=report,
    )
    server.serve_page(blocks, chosen.host, chosen.port, uploads, [str(examples)], report)
