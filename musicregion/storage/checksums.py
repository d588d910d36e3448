"""Checksums of files."""

import hashlib
from pathlib import Path


def md5(path: Path) -> str:
    """The MD5 of a file in hexadecimal, as DVC computes it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


def flac_md5(path: Path) -> str:
    """The MD5 of a FLAC file's samples, read from its header (RFC 9639, section 8.2)."""
    with path.open("rb") as file:
        return file.read(42)[26:].hex()


def sha256(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
