"""Keeps what changes files or starts programs to the computer that the page runs on."""

import ipaddress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.page.requests import Refused
from musicregion.config.params import PARAMS

if TYPE_CHECKING:
    import gradio as gr


def is_loopback(host: str) -> bool:
    """Whether only this computer reaches an address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def require_this_computer(request: "gr.Request") -> None:
    """Refuse what a server passes on, and what pages of other names ask for.

    A name may lead to this computer, and any page may send a request here (Origin).

    Raises:
        Refused: the visitor may be elsewhere.
    """
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname
    origin = request.headers.get("origin")
    names = [host] if origin is None else [host, urlsplit(origin).hostname]
    if not all(is_loopback(name or "") for name in names) or "x-forwarded-for" in request.headers:
        raise Refused("This tab is for the computer that the page runs on.")


def can_train(host: str) -> bool:
    """Whether a page at this address may train: on this computer, in the repository's folder."""
    return is_loopback(host) and Path("dvc.yaml").is_file() and PARAMS.is_file()
