"""What a derived file was made from, as a short key: same key, same bytes."""

import hashlib
import importlib.util
import json
from importlib.metadata import version
from pathlib import Path

from stages.sections import Section


def key(settings: Section, modules: list[str], packages: list[str]) -> str:
    """Digest of a params section, the source text of modules and the versions of packages."""
    digest = hashlib.sha256(json.dumps(settings.model_dump(), sort_keys=True).encode())
    for module in modules:
        digest.update(Path(importlib.util.find_spec(module).origin).read_bytes())
    digest.update(" ".join(version(package) for package in packages).encode())
    return digest.hexdigest()[:16]


def join(*keys: str) -> str:
    """One key of several."""
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16]


def flac_md5(path: Path) -> str:
    """The MD5 of a FLAC file's samples, which it bears in its header (RFC 9639, section 8.2)."""
    with path.open("rb") as file:
        return file.read(42)[26:].hex()
