"""Links, to a real server on loopback that stands for a public or a private address."""

import socket
from functools import partial

import pytest

from app.page import public_links
from musicregion.compute import isolated
from musicregion.errors import Unavailable, Undecodable
from tests.site import Site

PUBLIC = "127.0.0.1"  # counts as public in these tests; 127.0.0.2 is private


def only_public(address):
    return address == PUBLIC


def with_address(name, address, task, *arguments):
    """Run a task in a process in which a name has this address."""
    real = socket.getaddrinfo

    def resolve(host, *rest, **options):
        return real(address if host == name else host, *rest, **options)

    socket.getaddrinfo = resolve
    return task(*arguments)


@pytest.fixture
def site(songs):
    server = Site()
    server.files["/low.wav"] = (songs / "low.wav").read_bytes()
    yield server
    server.close()


@pytest.fixture
def predict(trained, tmp_path):
    """predict(link, allowed): the prediction."""

    def run(link, allowed=only_public, megabytes=10, seconds=60):
        return isolated.call_isolated(
            public_links.examine_public_link, trained, link, tmp_path, seconds, megabytes, allowed
        )

    return run


PRIVATE = """127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 0.0.0.0 100.64.0.1 224.0.0.1
255.255.255.255 ::1 fe80::1%eth0 fc00::1 :: ::ffff:10.0.0.1 64:ff9b::a00:1 2002:a00:1::"""


@pytest.mark.parametrize("address", PRIVATE.split())
def test_addresses_that_are_not_public(address):
    assert not public_links.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111"])
def test_addresses_that_are_public(address):
    assert public_links.is_public(address)


def test_the_song_behind_a_link_is_predicted(predict, site):
    assert predict(f"{site.url}/low.wav").prediction.region == "Low"
    assert "/low.wav" in site.requests


def test_a_private_address_gets_no_request(predict, site):
    for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1"):
        url = site.url.replace("127.0.0.1", host)
        with pytest.raises(Unavailable, match="not public"):
            predict(f"{url}/low.wav", public_links.is_public)
    assert site.requests == []


def test_a_redirect_into_a_private_network_is_not_followed(predict, site):
    site.redirects["/song.wav"] = site.url.replace("127.0.0.1", "127.0.0.2") + "/low.wav"
    with pytest.raises(Unavailable, match="not public"):
        predict(f"{site.url}/song.wav")
    assert "/low.wav" not in site.requests
    site.redirects["/song.wav"] = f"{site.url}/low.wav"
    assert predict(f"{site.url}/song.wav").prediction.region == "Low"


def test_a_name_with_a_private_address_is_not_followed(trained, site, tmp_path):
    port = site.url.rpartition(":")[2]
    link = f"http://music.example:{port}/low.wav"
    task = partial(with_address, "music.example")
    for address, allowed in ((PUBLIC, only_public), ("127.0.0.1", public_links.is_public)):
        arguments = (
            address,
            public_links.examine_public_link,
            trained,
            link,
            tmp_path,
            60,
            10,
            allowed,
        )
        if allowed is only_public:
            assert isolated.call_isolated(task, *arguments).prediction.region == "Low"
        else:
            site.requests.clear()
            with pytest.raises(Unavailable, match="not public"):
                isolated.call_isolated(task, *arguments)
            assert site.requests == []


@pytest.mark.parametrize("link", ["file:///etc/passwd", "ftp://example.org/a.mp3", "ytsearch:song"])
def test_only_web_links_are_followed(predict, link):
    with pytest.raises(Unavailable, match="begins with"):
        predict(link)


def test_a_proxy_does_not_connect_for_us(predict, site, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.2:9")
    assert predict(f"{site.url}/low.wav").prediction.region == "Low"


def test_what_is_too_large_or_too_long_is_refused(predict, site):
    with pytest.raises(Unavailable) as caught:
        predict(f"{site.url}/low.wav", megabytes=0.1)
    assert caught.value.kind == "too large"
    with pytest.raises(Undecodable, match="longer than"):
        predict(f"{site.url}/low.wav", seconds=4)  # it has 8
