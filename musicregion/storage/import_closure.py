"""Which of our modules a module needs: what decides its results, beside params and packages.

dvc.yaml's code dependencies must cover it (a test says so), and keys of derived files are made
from it. Imports are read from the source, those within functions included; nothing is imported.
"""

import ast
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
# settings, processes, records, and the moving of files: they do not decide what is computed
PLUMBING = ("errors", "command", "config", "compute", "storage", "tracking")
LAYOUT = "musicregion.storage.array_store"  # but this decides what is in an array's file


def module_file(module: str) -> Path | None:
    """The source file of one of our modules; None where there is no such module."""
    path = REPOSITORY / module.replace(".", "/")
    if path.with_suffix(".py").is_file():
        return path.with_suffix(".py")
    package = path / "__init__.py"
    return package if package.is_file() else None


@cache
def direct_imports(module: str) -> frozenset[str]:
    """Our modules that a module imports, other than for type checking alone."""
    tree = ast.parse(module_file(module).read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    ours = {name for name in names if name.startswith("musicregion.")}
    return frozenset(name for name in ours if module_file(name))


def is_plumbing(module: str) -> bool:
    return module.split(".")[1] in PLUMBING and module != LAYOUT


def import_closure(*modules: str) -> list[str]:
    """The modules and all of ours that they need, directly or by way of others, sorted.

    Without plumbing: what is imported from or by way of it alone does not count.
    """
    found: set[str] = set()
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [other for other in direct_imports(name) if not is_plumbing(other)]
    return sorted(found)
