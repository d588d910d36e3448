"""Predicts and draws the song behind a stranger's link, without access to the private network.

Runs in a process of its own (musicregion.compute.isolated), which is barred from every address that
is not public. The address is checked when the connection is made, so redirects and names that
change their address are covered.
"""

import ipaddress
import os
import socket
from collections.abc import Callable
from pathlib import Path

from musicregion.errors import Unavailable
from musicregion.inference.examine_file import examine_file
from musicregion.inference.examined_song import ExaminedSong

TRANSLATED = [ipaddress.ip_network(net) for net in ("64:ff9b::/32", "2002::/16", "2001::/32")]
NOWHERE = "/nonexistent"


class Forbidden(OSError):
    """An address that is not public."""


def is_public(address: str) -> bool:
    """Whether an IP address is public, and does not embed a private one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    hidden = ip.version == 6 and any(ip in net for net in TRANSLATED)  # embeds an IPv4 one
    return ip.is_global and not ip.is_multicast and not hidden


def block_private_addresses(allowed: Callable[[str], bool]) -> None:
    """Let no socket of this process connect to an address that is not allowed, from now on."""

    def check(family: int, address: object) -> None:
        internet = family in (socket.AF_INET, socket.AF_INET6)
        if not internet or not allowed(str(address[0])):
            raise Forbidden("the link leads to an address that is not public")

    class Barred(socket.socket):
        def connect(self, address: object) -> None:
            check(self.family, address)
            super().connect(address)

        def connect_ex(self, address: object) -> int:
            check(self.family, address)
            return super().connect_ex(address)

        def sendto(self, data: bytes, *rest: object) -> int:
            check(self.family, rest[-1])
            return super().sendto(data, *rest)

    socket.socket = Barred
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]  # a proxy would connect for us


def examine_public_link(
    folder: Path,
    link: str,
    temporary: Path,
    seconds: float,
    megabytes: float,
    allowed: Callable[[str], bool] = is_public,
) -> ExaminedSong:
    """Predict and draw the song behind a link with the model in a folder; bars this process first.

    temporary: the folder for the song; the caller deletes it, even if this process is killed.
    seconds, megabytes: of the song, at most.

    Raises:
        Unavailable: the song cannot be fetched.
        Undecodable: it is not audio, silent, too short or too long.
    """
    block_private_addresses(allowed)
    from musicregion.config.sections import Download
    from musicregion.corpus import playlist

    if not link.startswith(("http://", "https://")):
        raise Unavailable("a link begins with http:// or https://")
    settings = Download(
        cookies="",
        cookies_from_browser="",
        proxy="",
        rate_limit=0,
        sleep=0,
        timeout=10,
        retries=0,
        concurrent=1,
        max_duration=seconds,
        max_size=megabytes,
        allow_missing=0,
    )
    options = {"ffmpeg_location": NOWHERE}  # no other program may connect in its place
    song = playlist.download_audio(link, settings, temporary, "song", options)
    return examine_file(folder, song.path, seconds)
