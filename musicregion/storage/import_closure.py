"""Finds the modules that decide a module's results, besides params and packages.

Code dependencies in dvc.yaml must cover them, and keys of derived files are made from them. Imports
are read from the source, those within functions included; nothing is imported.
"""

import ast
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
# settings, processes, tracking and file handling do not decide what is computed
PLUMBING = ("errors", "command", "config", "compute", "storage", "tracking")
LAYOUT = "musicregion.storage.array_store"  # but this decides what an array's file contains


def module_file(module: str) -> Path | None:
    """The source file of a module of this project; None if there is no such module."""
    path = REPOSITORY / module.replace(".", "/")
    if path.with_suffix(".py").is_file():
        return path.with_suffix(".py")
    package = path / "__init__.py"
    return package if package.is_file() else None


def module_source(module: str) -> bytes:
    """The source of a module of this project."""
    path = module_file(module)
    if path is None:
        raise ModuleNotFoundError(module)
    return path.read_bytes()


@cache
def direct_imports(module: str) -> frozenset[str]:
    """The modules of this project that a module imports, except for type checking."""
    tree = ast.parse(module_source(module))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            source = node.module or ""
            names |= {source} | {f"{source}.{alias.name}" for alias in node.names}
    ours = {name for name in names if name.startswith("musicregion.")}
    return frozenset(name for name in ours if module_file(name))


def is_plumbing(module: str) -> bool:
    """Whether a module does not decide what is computed."""
    return module.split(".")[1] in PLUMBING and module != LAYOUT


def import_closure(*modules: str) -> list[str]:
    """These modules and all modules of this project that they import, directly or not, sorted.

    Plumbing is left out, with what only plumbing imports.
    """
    closure: set[str] = set()
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name not in closure:
            closure.add(name)
            waiting += [other for other in direct_imports(name) if not is_plumbing(other)]
    return sorted(closure)
