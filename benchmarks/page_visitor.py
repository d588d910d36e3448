"""A visitor of the page without a browser: sends the requests that the page's script sends."""

import json
import urllib.request
import uuid
from pathlib import Path

PATIENCE = 180  # seconds for an answer


class Lost(Exception):
    """The page closed the connection before it said what came of the song."""


def post(url: str, body: bytes, kind: str) -> object:
    """The answer to a POST, from JSON. kind: of the body."""
    request = urllib.request.Request(url, body, {"Content-Type": kind})
    with urllib.request.urlopen(request, timeout=PATIENCE) as response:
        return json.load(response)


def upload(url: str, song: Path) -> str:
    """Upload a file; its path on the server."""
    line = uuid.uuid4().hex
    head = f'--{line}\r\nContent-Disposition: form-data; name="files"; filename="{song.name}"'
    body = f"{head}\r\n\r\n".encode() + song.read_bytes() + f"\r\n--{line}--\r\n".encode()
    (path,) = post(f"{url}/gradio_api/upload", body, f"multipart/form-data; boundary={line}")
    return path


def find_function(url: str, component: str, event: str) -> int:
    """Gradio's number of what an event of a component calls. component: its elem_id."""
    with urllib.request.urlopen(f"{url}/config", timeout=PATIENCE) as response:
        config = json.load(response)
    (target,) = (
        item["id"] for item in config["components"] if item["props"].get("elem_id") == component
    )
    return next(item["id"] for item in config["dependencies"] if [target, event] in item["targets"])


def predict(url: str, song: Path, function: int) -> list:
    """Upload a file and have it predicted: what the page shows.

    Raises:
        OSError: the page refused the file or did not answer.
        Lost: it ended without an answer.
    """
    path, session = upload(url, song), uuid.uuid4().hex
    file = {"path": path, "orig_name": song.name, "meta": {"_type": "gradio.FileData"}}
    request = {"data": [file], "fn_index": function, "session_hash": session}
    post(f"{url}/gradio_api/queue/join", json.dumps(request).encode(), "application/json")
    events = f"{url}/gradio_api/queue/data?session_hash={session}"
    with urllib.request.urlopen(events, timeout=PATIENCE) as response:
        for text in response:
            if text.startswith(b"data: ") and b"process_completed" in text:
                return json.loads(text.removeprefix(b"data: "))["output"]["data"]
    raise Lost(song.name)
