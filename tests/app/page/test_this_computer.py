"""What is for this computer alone is refused to all others."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from app.page import this_computer
from app.page.requests import Refused


@pytest.mark.parametrize(
    ("host", "is_own"),
    [
        *((host, True) for host in ("127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost")),
        *((host, False) for host in ("0.0.0.0", "::", "192.168.0.7", "localhost.example.org", "")),
    ],
)
def test_only_this_computer_is_loopback(host, is_own):
    assert this_computer.is_loopback(host) == is_own


@pytest.mark.parametrize(
    ("headers", "is_refused"),
    [
        ({"host": "127.0.0.1:7860"}, False),
        ({"host": "localhost"}, False),
        ({"host": "[::1]:7860"}, False),
        ({"host": "evil.example.org:7860"}, True),  # a name that leads to this computer
        ({"host": "127.0.0.1:7860", "x-forwarded-for": "192.0.2.1"}, True),
        ({}, True),
        ({"host": "localhost:7860", "origin": "http://localhost:7860"}, False),
        ({"host": "127.0.0.1:7860", "origin": "https://evil.example.org"}, True),  # another page
        ({"host": "127.0.0.1:7860", "origin": "null"}, True),
    ],
)
def test_what_is_passed_on_from_elsewhere_is_refused(headers, is_refused):
    with pytest.raises(Refused) if is_refused else nullcontext():
        this_computer.require_this_computer(SimpleNamespace(headers=headers))
