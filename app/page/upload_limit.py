"""Bounds the disk space that uploads to the page take: what would exceed it is refused.

Gradio bounds each file alone, and keeps what a visitor sent before the connection broke for ever.
"""

import asyncio
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

BLOCK = 4096  # bytes that a file takes at least
FULL = "This page holds as many songs as it can. Please try again in ten minutes."
NO_LENGTH = "Please send the upload with its length (Content-Length)."


def measure_uploads(folder: Path, kept: float) -> int:
    """Bytes that the files of a folder take; deletes those of uploads that broke off.

    kept: seconds since such an upload was last written to.
    """
    total = 0
    for path in folder.rglob("*"):
        try:
            status = path.stat()
            if path.is_dir():
                continue
            if path.parent == folder and time.time() - status.st_mtime > kept:
                path.unlink()  # one that is complete has a folder of its own
                continue
        except FileNotFoundError:  # deleted, or complete and moved, since it was listed
            continue
        total += max(status.st_size, BLOCK)
    return total


def app_options(folder: Path, megabytes: int, kept: float) -> dict[str, list[Middleware]]:
    """FastAPI's options for a page whose uploads, in `folder`, take no more than so much."""
    return {"middleware": [Middleware(UploadLimit, folder, megabytes << 20, kept)]}


class UploadLimit:
    """Middleware that answers an upload with a sentence if there is no space for all of it."""

    def __init__(self, app: "ASGIApp", folder: Path, limit: int, kept: float) -> None:
        """folder: of uploads. limit: bytes. kept: seconds, of uploads that broke off."""
        self.app, self.folder, self.limit, self.kept = app, folder, limit, kept
        self.expected = 0  # bytes that uploads have yet to send

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer a request, or let the page do so."""
        if scope["type"] != "http" or scope["method"] != "POST" or "/upload" not in scope["path"]:
            await self.app(scope, receive, send)
            return
        length = dict(scope["headers"]).get(b"content-length", b"")
        if not length.isdigit():
            await refuse(NO_LENGTH, 411, scope, receive, send)
            return
        remaining = int(length)
        self.folder.mkdir(parents=True, exist_ok=True)
        used = await asyncio.to_thread(measure_uploads, self.folder, self.kept)
        space = min(self.limit - used, shutil.disk_usage(self.folder).free)
        if self.expected + remaining > space:
            await refuse(FULL, 507, scope, receive, send)
            return

        async def receive_and_count() -> dict:
            nonlocal remaining
            message = await receive()
            received = min(remaining, len(message.get("body", b"")))
            remaining -= received
            self.expected -= received
            return message

        self.expected += remaining
        try:
            await self.app(scope, receive_and_count, send)
        finally:
            self.expected -= remaining


async def refuse(
    sentence: str, status: int, scope: "Scope", receive: "Receive", send: "Send"
) -> None:
    """Answer with a sentence once all is received: a browser that still sends reads no answer."""
    while (await receive()).get("more_body"):
        pass
    await PlainTextResponse(sentence, status)(scope, receive, send)
