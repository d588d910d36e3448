"""Serves the page until it is ended."""

import hmac
import os
import sys
from functools import partial
from pathlib import Path

import gradio as gr

from app.page import layout, report_route, requests, upload_limit
from musicregion.errors import ModelError
from musicregion.storage.paths import CARD, MODELS


def check_password(password: bytes, name: str, given: str) -> bool:
    """Whether a visitor gave the password; any name will do."""
    return hmac.compare_digest(given.encode(), password)


def serve_page(
    blocks: gr.Blocks, host: str, port: int, uploads: Path, allowed: list[str], report: str
) -> None:
    """Serve the page until it is ended.

    uploads: where they go. allowed: folders whose files visitors may play. report: the address of
    the report of a training; empty: there is none.

    Raises:
        ModelError: the address cannot be used.
    """
    blocks.queue(max_size=requests.WAITING, api_open=False)
    password = os.environ.get("WEB_PASSWORD")
    routes = [report_route.report_route(report)] if report else []
    options = upload_limit.app_options(uploads, requests.UPLOADS, layout.KEPT)
    try:
        blocks.launch(
            server_name=host,
            server_port=port,
            auth=partial(check_password, password.encode()) if password else None,
            allowed_paths=allowed,
            max_file_size=requests.MEGABYTES << 20,
            app_kwargs=options | {"routes": routes},
            footer_links=[],
            quiet=True,
            prevent_thread_lock=True,
            ssr_mode=False,
            theme=layout.THEME,
            css_paths=layout.STYLESHEETS,
        )
    except OSError as error:
        raise ModelError(f"{host}:{port} cannot be used: {error}") from None
    print(f"Open http://{host}:{port} in a browser. Ctrl-C ends the page.")
    blocks.block_thread()


def serve_training_page(host: str, port: int, uploads: Path) -> None:
    """Serve a page that only trains, for who has no model yet.

    Raises:
        ModelError: the address cannot be used.
    """
    print(f"There is no model yet ({MODELS / CARD}): the page only trains one.", file=sys.stderr)
    report = report_route.report_address()
    serve_page(layout.build_training_page(report), host, port, uploads, [], report)
