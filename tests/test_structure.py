"""The house: dvc.yaml names all code that a stage needs, and the import graph stays one."""

from graphlib import TopologicalSorter
from pathlib import Path

import pytest
import yaml

from musicregion.storage.import_closure import direct_imports, import_closure, module_file
from tests.conftest import REPOSITORY

STAGES = yaml.safe_load((REPOSITORY / "dvc.yaml").read_text())["stages"]
ROOMS = ("musicregion", "stages", "app")
MODULES = sorted(
    path.relative_to(REPOSITORY).with_suffix("").as_posix().replace("/", ".")
    for room in ROOMS
    for path in (REPOSITORY / room).rglob("*.py")
    if path.name != "__init__.py"
)
ZOO = [name for name in MODULES if name.startswith("musicregion.models.zoo.")]  # found by name
MOST_FLOORS, MOST_LINES, MOST_LINES_OF_A_STAGE, MOST_LINES_OF_DVC = 10, 150, 80, 150


def uncovered(stage: str, dependencies: list[str]) -> list[str]:
    """Files that a stage imports, and that none of these dependencies is or contains."""
    modules = import_closure(f"stages.{stage}")
    modules += ZOO if "musicregion.models.registry" in modules else []
    paths = [module_file(name).relative_to(REPOSITORY) for name in modules]
    named = {Path(dependency) for dependency in dependencies}
    # a package's __init__.py is its docstring
    code = [path for path in paths if path.name != "__init__.py"]
    return sorted(str(path) for path in code if not named & {path, *path.parents})


@pytest.mark.parametrize("stage", STAGES)
def test_dependencies_in_dvc_yaml_cover_what_a_stage_imports(stage):
    assert uncovered(stage, STAGES[stage]["deps"]) == []


@pytest.mark.parametrize("stage", STAGES.keys() - {"params"})
def test_a_code_dependency_that_is_missing_is_noticed(stage):
    dependencies = STAGES[stage]["deps"]
    for missing in dependencies:
        if missing.startswith(("musicregion/", "stages/")):
            rest = [dependency for dependency in dependencies if dependency != missing]
            assert uncovered(stage, rest), f"{missing} is not needed"


def test_params_runs_whenever_the_code_of_another_stage_has_changed():
    folders = {Path(dependency) for dependency in STAGES["params"]["deps"]}
    needed = {
        Path(dependency)
        for stage in STAGES.keys() - {"params"}
        for dependency in STAGES[stage]["deps"]
        if dependency.startswith(("musicregion/", "stages/"))
    }
    assert [path for path in needed if not folders & {path, *path.parents}] == []
    used = {parent for path in needed for parent in (path, *path.parents)}
    # settings are dependencies of the other stages as params
    assert folders - used == {Path("params.yaml"), Path("musicregion/config")}


@pytest.mark.parametrize("stage", STAGES)
def test_dependencies_in_dvc_yaml_exist(stage):
    for dependency in STAGES[stage]["deps"]:
        if "$" not in dependency and not dependency.startswith(("data/", "results/")):
            assert (REPOSITORY / dependency).exists(), dependency


def room(module: str) -> str:
    """stages, app, a room of musicregion, or a module that stands beside the rooms."""
    first, *rest = module.split(".")
    return f"{first}.{rest[0]}" if first == "musicregion" else first


def test_modules_import_one_another_without_a_circle():
    graph = {name: direct_imports(name) & set(MODULES) for name in MODULES}
    list(TopologicalSorter(graph).static_order())  # raises where there is one


def test_rooms_stand_on_few_floors():
    graph: dict[str, set[str]] = {}
    for name in MODULES:
        below = {room(other) for other in direct_imports(name)} - {room(name)}
        graph.setdefault(room(name), set()).update(below)
    floors: dict[str, int] = {}
    for name in TopologicalSorter(graph).static_order():
        floors[name] = 1 + max((floors[other] for other in graph[name]), default=0)
    assert max(floors.values()) <= MOST_FLOORS, floors


def test_stages_holds_the_stages_alone():
    assert {name.removeprefix("stages.") for name in MODULES if name.startswith("stages.")} == set(
        STAGES
    )


def test_modules_are_short():
    lines = {name: len(module_file(name).read_text().splitlines()) for name in MODULES}
    lines = {name: count for name, count in lines.items() if count > MOST_LINES}
    assert lines == {}
    for stage in STAGES:
        assert len(module_file(f"stages.{stage}").read_text().splitlines()) <= MOST_LINES_OF_A_STAGE
    assert len((REPOSITORY / "dvc.yaml").read_text().splitlines()) <= MOST_LINES_OF_DVC
