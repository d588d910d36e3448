"""Serves results/report.html to who has its address, which the page tells visitors it trusts.

The report holds titles from anywhere: it may run scripts, but not as a part of the page.
"""

import secrets

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from musicregion.storage.paths import REPORT

HEADERS = {"Content-Security-Policy": "sandbox allow-scripts", "Cache-Control": "no-store"}


def report_address() -> str:
    """An address that nobody can guess."""
    return f"/report/{secrets.token_urlsafe(24)}"


def report_route(address: str) -> Route:
    """What answers at the address."""

    def answer(request: Request) -> Response:
        if not REPORT.is_file():
            return PlainTextResponse(f"{REPORT}: not found. A training makes it.", 404)
        return FileResponse(REPORT, media_type="text/html", headers=HEADERS)

    return Route(address, answer)


def report_html(address: str) -> str:
    """The report as a part of the page; empty if there is none."""
    if not REPORT.is_file():
        return ""
    version = REPORT.stat().st_mtime_ns
    return (
        f'<p><a href="{address}" target="_blank" rel="noopener">The report on a page of its own'
        f'</a></p><iframe class="report" src="{address}?{version}" title="The report of the '
        'training" sandbox="allow-scripts"></iframe>'
    )
