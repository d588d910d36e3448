"""Keys of derived files, made from all that decides their content: same key, same bytes."""

import hashlib
import json
from collections.abc import Iterable
from importlib.metadata import version

from musicregion.config.sections import Section
from musicregion.storage.import_closure import import_closure, module_source


def source_key(settings: Section | None, modules: Iterable[str], packages: Iterable[str]) -> str:
    """Digest of a params section, of modules with all that they import, and of packages' versions.

    settings: None where no params decide. modules: as "musicregion.audio.windows"; see
    import_closure for what counts of their imports.
    """
    values = settings.model_dump() if settings else {}
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode())
    for module in import_closure(*modules):
        digest.update(module_source(module))
    digest.update(" ".join(version(package) for package in packages).encode())
    return digest.hexdigest()[:16]


def join_keys(*keys: str) -> str:
    """One key made from several."""
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16]
