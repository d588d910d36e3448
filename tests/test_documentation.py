"""What the documentation says is true: commands run, links lead somewhere, numbers hold.

tests/documented_commands.py says which test runs which command.
"""

import ast
import importlib
import json
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from app.command_line import COMMANDS
from benchmarks import cluster, decoder, fingerprint, ladder, music, networks, playlist_songs
from musicregion.config import corpus, params
from musicregion.errors import ConfigError
from tests import documented_commands as documented
from tests.conftest import REPOSITORY, command
from tests.documented_commands import (
    ALL,
    CONTRIBUTING,
    DOCUMENTS,
    EXPERIMENT_FILE,
    HERE,
    PIPELINE,
    README,
    RUN_BY,
    WORKSHOP,
    NotRun,
    code_blocks,
    read_blocks,
    run_by,
)

MOST_NOT_RUN = 8
MOST_LINES_OF_README, MOST_LINES_OF_AN_EXAMPLE = 180, 10


def names(errors):
    return "\n".join(map(str, errors))


def test_every_documented_command_is_run_by_a_test():
    unknown = [item for item in ALL if run_by(item) is None]
    assert not unknown, f"add a row to RUN_BY of tests/documented_commands.py:\n{names(unknown)}"
    assert len(ALL) > 80


def test_a_command_without_a_test_is_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "Run `musicregion sing loudly`, see `corpus: mine` and `dvc.yaml`:\n\n"
        "    export A=1 && dvc \\\n      dance    # now\n\n"
        "    cat <<'END' > file\n    not this\n    END\n"
        '    dvc repro | mlflow ui "$(musicregion hum)"\n'
    )
    assert [(item.line, item.text) for item in documented.documented_commands(page)] == [
        (4, "export A=1"),
        (4, "dvc dance"),
        (6, "cat"),
        (9, "musicregion hum"),
        (9, "dvc repro"),
        (9, "mlflow ui $(musicregion hum)"),
        (1, "musicregion sing loudly"),
    ]
    unknown = [item.text for item in documented.documented_commands(page) if run_by(item) is None]
    assert "dvc dance" in unknown
    assert "musicregion sing loudly" in unknown
    assert "dvc repro" not in unknown


def test_the_tests_that_run_commands_exist_and_name_them():
    for pattern, test in RUN_BY.items():
        matching = [
            item for item in ALL if run_by(item) is test and re.fullmatch(pattern, item.text)
        ]
        assert matching, f"no document has a command like {pattern}"
        if isinstance(test, NotRun):
            continue
        path, _, name = test.partition("::")
        source = (REPOSITORY / path).read_text()
        functions = [node.name for node in ast.parse(source).body if hasattr(node, "name")]
        assert name in functions, f"{test} does not exist, but should run {pattern}"
        if test.startswith((HERE, PIPELINE, EXPERIMENT_FILE, WORKSHOP)):  # run as documented
            continue
        sources = source + "".join(path.read_text() for path in REPOSITORY.glob("*/*servers.py"))
        for item in matching:
            for word in re.findall(r"[a-zA-Z_]{4,}", " ".join(item.text.split("=")[0].split()[:2])):
                assert word in sources or word == "export", f"{item}: {path} has no {word}"


def test_few_commands_are_not_run_and_the_ci_has_what_is_said_of_it():
    not_run = [test for test in RUN_BY.values() if isinstance(test, NotRun)]
    assert len(not_run) <= MOST_NOT_RUN
    text = "\n".join((REPOSITORY / name).read_text() for name in documented.CI_FILES)
    for test in not_run:
        assert test.ci in text, test


def test_options_of_musicregion_exist(capsys):
    helps = {}
    spans = [
        span
        for document in DOCUMENTS
        for _, line in read_blocks(document.read_text())[1]
        for span in re.findall(r"`(--[a-z-]+)[^`]*`", line)
    ]
    for item in ALL:
        program, *words = item.text.split()
        if program != "musicregion":
            continue
        name = words[0]
        assert name in COMMANDS, item
        if name not in helps:
            with pytest.raises(SystemExit):
                importlib.import_module(COMMANDS[name][0]).main(["--help"])
            helps[name] = capsys.readouterr().out
        for option in [word for word in words if re.match(r"--?[a-z]", word)]:
            assert re.search(rf"(^|[\s,\[(]){option}\b", helps[name]), f"{item}: no {option}"
    for option in spans:
        assert any(option in text for text in helps.values()), f"{option} is documented"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working folder with params.yaml, and with corpora, among them the README's."""
    shutil.copy(REPOSITORY / "params.yaml", tmp_path)
    shutil.copytree(REPOSITORY / "corpora", tmp_path / "corpora")
    (example,) = code_blocks_of_lists(README)
    (tmp_path / "corpora/mine.yaml").write_text(example)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def code_blocks_of_lists(document):
    """The texts of YAML blocks that are part of a list, without their indentation."""
    return [
        re.sub(r"^   ", "", text, flags=re.M)
        for text in code_blocks(document, "yaml")
        if text.startswith("   ")
    ]


def test_the_example_of_a_corpus_is_valid(here):
    assert corpus.load("mine").classes() == ["Desert", "Ocean"]


def change_params(changes):
    """params.yaml with changes, as `-S` makes them."""
    settings = yaml.safe_load((REPOSITORY / "params.yaml").read_text())
    for change in changes:
        key, _, value = change.partition("=")
        *sections, last = key.split(".")
        section = settings[sections[0]] if sections else settings
        assert last in section, f"{key} is no key of params.yaml"
        section[last] = yaml.safe_load(value)
    Path("params.yaml").write_text(yaml.safe_dump(settings))


def test_documented_changes_of_params_are_allowed(here):
    examples = {"model=forest", "features=energy"}  # test_worked_examples adds them first
    texts = {str(item): documented.changes(item.text) for item in ALL}
    for document in DOCUMENTS:
        for number, line in read_blocks(document.read_text())[1]:
            for span in re.findall(r"`(-S [^`]+)`", line):
                texts[f"{document.name}:{number}: {span}"] = documented.changes(span)
            for change in re.findall(r"`([a-z_]+\.[a-z_]+(?:=|: )[^`]+)`", line):
                texts[f"{document.name}:{number}: {change}"] = [change.replace(": ", "=")]
    assert sum(bool(changes) for changes in texts.values()) > 20
    for source, changes in texts.items():
        if not changes or examples & set(changes):
            continue
        try:
            change_params(changes)
            params.load()
        except (ConfigError, AssertionError) as error:
            pytest.fail(f"{source}: {error}")


def heading_anchor(heading):
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def test_links_and_pictures_exist():
    for document in [*DOCUMENTS, REPOSITORY / "benchmarks/README.md", REPOSITORY / "CHANGELOG.md"]:
        for link in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
            if link.startswith("http"):
                continue
            name, _, anchor = link.partition("#")
            target = (document.parent / name).resolve() if name else document
            assert target.exists(), f"{document.name} links to {link}"
            assert target.is_relative_to(REPOSITORY)
            if anchor:
                headings = re.findall(r"^#+ (.*)", target.read_text(), re.M)
                anchors = map(heading_anchor, headings)
                assert anchor in anchors, f"{document.name} links to {link}"


def test_every_page_is_linked_from_the_readme():
    text = README.read_text()
    for document in DOCUMENTS[1:]:
        assert f"]({document.relative_to(REPOSITORY)})" in text, document


def test_inline_code_ends_on_its_line():
    for document in DOCUMENTS:
        for number, line in read_blocks(document.read_text())[1]:
            assert line.count("`") % 2 == 0, f"{document.name}:{number}"


def test_the_readme_and_its_examples_are_short():
    assert len(README.read_text().splitlines()) <= MOST_LINES_OF_README
    for language in ("python", "yaml"):
        for text in code_blocks(CONTRIBUTING, language):
            lines = [line for line in text.splitlines()[1:] if line]
            assert len(lines) <= MOST_LINES_OF_AN_EXAMPLE, text


def table_rows(document, first):
    """The cells of the rows of the tables whose heading starts with `first`."""
    rows, inside = [], False
    for line in document.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        inside = line.startswith("|") and (inside or line.startswith(f"| {first}"))
        if inside and not line.startswith((f"| {first}", "|--")):
            rows.append(cells)
    return rows


def test_the_tables_of_models_are_those_of_the_benchmark():
    results = json.loads((REPOSITORY / "benchmarks/results/models.json").read_text())
    expected = [
        [
            *(row["features"], row["model"], f"{row['song_accuracy']:.3f}"),
            f"{row['low']:.2f} to {row['high']:.2f}",
            *(f"{row[name]:.3f}" for name in ("macro_recall", "macro_f1")),
            f"{row['train_s']:.0f}",
        ]
        for row in results
    ]
    rows = table_rows(REPOSITORY / "docs/results.md", "features | model")
    assert sorted(rows) == sorted(expected)


def test_the_table_of_music_is_that_of_the_benchmark():
    results = json.loads((REPOSITORY / "benchmarks/results/music.json").read_text())
    expected = [music.format_row(row) for row in results]
    assert table_rows(REPOSITORY / "docs/results.md", "corpus | songs | features") == expected


def test_the_tables_of_the_cluster_are_those_of_the_benchmark():
    results = json.loads((REPOSITORY / "benchmarks/results/cluster.json").read_text())
    engines = [cluster.format_row(row) for row in results["engines"]]
    assert table_rows(REPOSITORY / "docs/team.md", "engine | workers") == engines
    kills = [[str(value) for value in row.values()] for row in results["kills"]]
    assert table_rows(REPOSITORY / "docs/team.md", "killed | tasks") == kills


def test_the_table_of_the_ladder_is_that_of_the_benchmark():
    results = json.loads((REPOSITORY / "benchmarks/results/ladder.json").read_text())
    expected = [ladder.format_row(row) for row in results]
    assert table_rows(REPOSITORY / "docs/results.md", "corpus | step") == expected


def test_the_table_of_networks_is_that_of_the_benchmark():
    results = json.loads((REPOSITORY / "benchmarks/results/networks.json").read_text())
    expected = [networks.format_row(row) for row in results]
    assert table_rows(REPOSITORY / "docs/results.md", "features | network") == expected


def test_the_table_of_mended_labels_is_that_of_the_benchmark():
    results = json.loads((REPOSITORY / "benchmarks/results/doctor.json").read_text())
    names = {"found_10": 2, "found_20": 2, "minutes_80": 1, "before": 3, "after": 3, "clean": 3}
    expected = [
        [row["model"]]
        + [
            f"{row[name]:.{digits}f} ({row[f'{name}_low']:.{digits}f} to "
            f"{row[f'{name}_high']:.{digits}f})"
            if name != "clean"
            else f"{row[name]:.{digits}f}"
            for name, digits in names.items()
        ]
        for row in results
    ]
    assert table_rows(REPOSITORY / "docs/results.md", "model | first 10 %") == expected


def test_the_table_of_fingerprint_is_that_of_the_benchmark():
    results = json.loads((REPOSITORY / "benchmarks/results/fingerprint.json").read_text())
    expected = [list(map(str, fingerprint.format_row(row))) for row in results]
    assert table_rows(REPOSITORY / "benchmarks/README.md", "songs | landmarks") == expected


def test_the_table_of_decoders_is_that_of_the_benchmark():
    results = json.loads((REPOSITORY / "benchmarks/results/decoder.json").read_text())
    expected = [decoder.format_row(row) for row in results["rows"]]
    assert table_rows(REPOSITORY / "benchmarks/README.md", "way | tokens a second") == expected


def test_the_table_of_songs_from_playlists_is_that_of_the_benchmark():
    results = json.loads((REPOSITORY / "benchmarks/results/playlist_songs.json").read_text())
    expected = [playlist_songs.format_row(row) for row in results["rows"]]
    assert table_rows(REPOSITORY / "benchmarks/README.md", "kind | guided | songs |") == expected


def numbers(cells):
    """All numbers in the cells of a row."""
    return [float(text) for text in re.findall(r"\d+(?:\.\d+)?", " ".join(cells))]


def recalls(name):
    """The number of songs and the share classified correctly, for each region in order."""
    folds = json.loads((REPOSITORY / f"benchmarks/results/{name}.json").read_text())
    actual = np.concatenate([fold["actual"] for fold in folds])
    predicted = np.concatenate([np.argmax(fold["probabilities"], axis=1) for fold in folds])
    songs = np.bincount(actual) // max(fold["repeat"] for fold in folds)
    return [
        (int(songs[region]), round(float((predicted[actual == region] == region).mean()), 2))
        for region in range(len(songs))
    ]


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("folk | songs", ["models_folk/mfcc_committee", "models_folk/mfcc_logistic"]),
        ("games, by size", ["models_games/mfcc_committee", "models_games/musicnn_committee"]),
    ],
)
def test_the_tables_of_regions_are_counted_from_the_predictions(heading, names):
    rows = [numbers(row[1:]) for row in table_rows(REPOSITORY / "docs/results.md", heading)]
    columns = [recalls(name) for name in names]
    expected = [[first[0], first[1], second[1]] for first, second in zip(*columns, strict=True)]
    assert rows == sorted(expected)


def test_the_arithmetic_of_500_songs_holds():
    costs = json.loads((REPOSITORY / "benchmarks/results/scale.json").read_text())["stages"]
    rows = table_rows(REPOSITORY / "docs/speed.md", "| per song")
    table = {row[0]: numbers(row[1:]) for row in rows}
    for cost in costs:
        ms, megabytes = cost["ms"], cost["mb_on_disk"]
        expected = [ms, megabytes, round(ms / 2), round(megabytes * 500)]
        assert table[cost["stage"]] == pytest.approx(expected, abs=0.5)
    total = table.pop("together")
    assert total[:2] == pytest.approx(np.sum(list(table.values()), axis=0)[:2])
    assert total[2:] == pytest.approx([total[0] / 2, total[1] * 500], abs=0.5)


def test_params_are_checked():
    assert "valid" in command(sys.executable, "-m", "stages.params", cwd=REPOSITORY)


def test_the_store_is_emptied(tmp_path):
    shutil.copy(REPOSITORY / "Makefile", tmp_path)
    (tmp_path / ".song_results/entry").mkdir(parents=True)
    command("make", "clean-store", cwd=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["Makefile"]
