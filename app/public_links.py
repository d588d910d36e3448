"""A stranger's link, fetched without lending the stranger this machine's place in the network.

Runs in a process of its own (app.isolated): it bars that process from every address that is not
public. Where a name leads is looked at when the connection is made, so redirects and names that
change their address are covered.
"""

import ipaddress
import os
import socket
from collections.abc import Callable
from pathlib import Path

from musicregion.errors import Unavailable
from musicregion.inference.predict_file import predict_file
from musicregion.inference.prediction import SongPrediction

TRANSLATED = [ipaddress.ip_network(net) for net in ("64:ff9b::/32", "2002::/16", "2001::/32")]
NOWHERE = "/nonexistent"


class Forbidden(OSError):
    """An address that is not public."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the whole internet's, and does not hide another one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    hidden = ip.version == 6 and any(ip in net for net in TRANSLATED)  # an IPv4 address within
    return ip.is_global and not ip.is_multicast and not hidden


def block_private_addresses(allowed: Callable[[str], bool]) -> None:
    """From here on no socket of this process connects to an address that is not allowed."""

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


def predict_public_link(
    folder: Path,
    link: str,
    temporary: Path,
    seconds: float,
    megabytes: float,
    allowed: Callable[[str], bool] = is_public,
) -> SongPrediction:
    """What the model in a folder says of the song behind a link; bars its process first.

    temporary: where the song is put; the caller's, who is still there if this process is ended.
    seconds: that the song may last. megabytes: that it may have.

    Raises:
        Unavailable: it cannot be had.
    """
    block_private_addresses(allowed)
    from musicregion.config.sections import Download
    from musicregion.corpus import playlist

    if not link.startswith(("http://", "https://")):
        raise Unavailable("a link begins with http:// or https://")
    words = dict.fromkeys(("cookies", "cookies_from_browser", "proxy"), "")
    limits = {"max_duration": seconds, "max_size": megabytes, "timeout": 10, "retries": 0}
    rest = {"rate_limit": 0, "sleep": 0, "concurrent": 1, "allow_missing": 0}
    settings = Download(**words, **limits, **rest)
    # no program that it could leave the connecting to
    got = playlist.download_audio(link, settings, temporary, "song", {"ffmpeg_location": NOWHERE})
    return predict_file(folder, got.path, seconds)
