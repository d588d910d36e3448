"""What the documentation says is true: commands run, links lead somewhere, numbers hold.

tests/documented_commands.py says which test runs which command. The slow tests at the end run, in
one copy of the repository, the commands that no other test runs; numbers that would make them long
are smaller there. They build on each other.
"""

import ast
import importlib
import json
import re
import shutil
import sys
import urllib.request
from pathlib import Path

import numpy as np
import pytest
import soundfile
import yaml

from app.command_line import COMMANDS
from musicregion.config import corpus, params
from musicregion.errors import ConfigError
from musicregion.storage import tables
from tests import documented_commands as documented
from tests.conftest import REPOSITORY, SMALL, command, copy_repository, environment, free_port
from tests.documented_commands import ALL, DOCUMENTS, HERE, RUN_BY, NotRun, read_blocks, run_by
from tests.prepared import write_params
from tests.servers import running

README, CONTRIBUTING = DOCUMENTS[:2]
MOST_NOT_RUN = 8
MOST_LINES_OF_README, MOST_LINES_OF_AN_EXAMPLE = 180, 10
MOST_CHARACTERS = 110  # of a line of a table of experiments


def names(errors):
    return "\n".join(map(str, errors))


def code_blocks(document, language):
    """The texts of a document's fenced blocks in a language."""
    blocks, _ = read_blocks(document.read_text())
    return [block.text for block in blocks if block.language == language]


def shell_block(document, words):
    """The text of the shell block of a document that contains some words."""
    (text,) = [text for text in code_blocks(document, "") if words in text]
    return text


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
        if test.startswith(HERE):
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


# From here on: the commands themselves.

SMALLER = {  # changes whose documented value would take long
    "folk.songs": 54,
    "tune.trials": 2,
    "tune.folds": 3,
    "evaluate.folds": 3,
    "evaluate.repeats": 2,
    "compose.epochs": "2 -S compose.width=32 -S compose.blocks=1",
}
EXPERIMENTS = sorted(
    {item.text for item in ALL if run_by(item) == f"{HERE}test_documented_experiments"},
    key=lambda text: ("corpus=mine" in text, text),  # the other corpus comes last
)
slow = pytest.mark.slow


def smaller(text):
    """A command with the values of SMALLER."""
    for key, value in SMALLER.items():
        text = re.sub(rf"-S {re.escape(key)}=\S+", f"-S {key}={value}", text)
    return text


def shell(text, folder, **variables):
    """Run shell commands as they are documented; stdout and stderr."""
    return command("bash", "-euo", "pipefail", "-c", text, cwd=folder, **variables)


def reset(folder):
    """params.yaml and dvc.lock as they were committed."""
    command("git", "checkout", "-q", "--", ".", cwd=folder)


@pytest.fixture(scope="module")
def repro(tmp_path_factory):
    """A copy in which `make repro` has run on few songs, and what it printed.

    It uses this environment: the installation is test_installation_without_make.
    """
    folder = copy_repository(tmp_path_factory.mktemp("documented"))
    (folder / ".venv").mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (folder / ".venv" / name).symlink_to(Path(sys.prefix) / name)
    (folder / ".venv/installed").touch()
    write_params(folder, *SMALL)
    output = command("make", "repro", cwd=folder)
    for region in ("Germany", "China"):
        shutil.copytree(folder / f"data/raw/{region}", folder / f"music/{region}")
    sources = {name: {"sources": [f"music/{name}"]} for name in ("Germany", "China")}
    (folder / "corpora/mine.yaml").write_text(yaml.safe_dump({"regions": sources}))
    (folder / ".gitignore").open("a").write(
        "/music/\n/more/\n/dvc_plots/\n/*.mp3\n/*.csv\n/*.png\n"
    )
    command("git", "add", "-A", cwd=folder)
    command("git", "commit", "-qm", "small", cwd=folder)
    return folder, output


@pytest.fixture
def project(repro):
    return repro[0]


@slow
def test_the_default_pipeline(repro):
    folder, output = repro
    assert "nothing to compare the data with" in output  # the copy has no dvc.lock
    assert "Predict a song's region" in output
    assert "up to date" in command("dvc", "repro", cwd=folder)


@slow
def test_every_stage_runs_alone(project):
    for stage in yaml.safe_load((project / "dvc.yaml").read_text())["stages"]:
        shell(f"python -m stages.{stage}", project)
    assert "up to date" in command("dvc", "repro", cwd=project)


def test_the_store_is_emptied(tmp_path):
    shutil.copy(REPOSITORY / "Makefile", tmp_path)
    (tmp_path / ".song_results/entry").mkdir(parents=True)
    shell("make clean-store", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["Makefile"]


@slow
def test_playlists_are_listed_again(project):
    assert "Running stage 'download'" in shell("dvc repro -f download", project)
    assert "up to date" in shell("dvc repro", project)


@slow
def test_weights_are_fetched(project):
    for path in ("data/musicnn_weights/weights.npz", "data/basic_pitch/nmp.onnx"):
        if (REPOSITORY / path).is_file():  # or else the command downloads them
            (project / path).parent.mkdir(exist_ok=True)
            shutil.copy(REPOSITORY / path, project / path)
    assert "weights.npz" in shell("musicregion fetch-weights", project)


@slow
@pytest.mark.parametrize("text", EXPERIMENTS)
def test_documented_experiments(project, text):
    assert "Ran experiment" in shell(smaller(text), project)
    reset(project)


@slow
def test_models_are_compared(project):
    assert "McNemar" in shell("musicregion compare dense cnn", project)
    (show,) = [item.text for item in ALL if item.text.startswith("dvc exp show")]
    table = command(*show.split(), "--no-pager", cwd=project, COLUMNS="120")
    assert "dense" in table
    assert "test.song.accuracy" in table
    assert "…" not in table
    assert max(map(len, table.splitlines())) <= MOST_CHARACTERS
    shell("dvc plots diff dense cnn", project)
    assert "val_accuracy" in (project / "dvc_plots/index.html").read_text()
    shell("dvc exp apply cnn", project)
    assert yaml.safe_load((project / "params.yaml").read_text())["model"] == "cnn"
    shell("git restore params.yaml dvc.lock && dvc checkout", project)
    assert "up to date" in shell("dvc status", project)


@slow
def test_models_are_compared_by_one_command(project):
    """From the committed params, whatever is in the work tree, which stays as it is."""
    write_params(project, "train.epochs=1")
    before = (project / "params.yaml").read_text()
    output = shell("make compare", project)
    assert (project / "params.yaml").read_text() == before
    reset(project)
    assert "WARNING" not in output
    assert output.count("McNemar") == 4
    assert "make ui" in output
    table = shell("make table", project)
    assert max(map(len, table.splitlines())) <= MOST_CHARACTERS
    for model in ("svm", "dense", "dense_deep", "cnn"):
        assert f"compare-{model} " in table
    epochs = json.loads(shell("dvc params diff --json HEAD compare-cnn", project))
    assert epochs["params.yaml"].keys() == {"model"}


@slow
def test_curves_are_drawn_while_training_runs(project):
    write_params(project, "model=dense_deep", "train.epochs=300", "train.patience=300")
    history = project / "results/history.csv"
    history.unlink()

    def drawn():
        rows = history.read_text().count("\n") if history.is_file() else 0
        assert rows > 3, "no curve yet"
        shell("dvc plots show", project)
        page = (project / "dvc_plots/index.html").read_text()
        assert "Segment accuracy" in page
        assert '"epoch": "3"' in page

    with running(["dvc", "repro"], drawn, cwd=project, env=environment()):
        assert not (project / "results/metrics.json").is_file()  # it still runs
    reset(project)
    shell("dvc checkout --force", project)


@slow
def test_an_experiment_is_forced(project):
    assert "Running stage 'train'" in shell("dvc exp run -f", project)
    reset(project)


@slow
def test_predictions(project):
    song = next((project / "data/raw/Germany").iterdir())
    wave, rate = soundfile.read(song)
    (project / "more").mkdir()
    for name in ("song.mp3", "more/another.ogg"):
        soundfile.write(project / name, wave[: 5 * rate], rate)
    output = shell(shell_block(README, "musicregion predict song.mp3"), project)
    assert "song.mp3: " in output
    assert '"probabilities"' in output
    table = (project / "predictions.csv").read_text()
    assert table.count("\n") == 2 + len(list(project.glob("music/*/*")))
    assert (project / "timeline.png").stat().st_size > 1000


@slow
def test_new_songs(project):
    train, generate = shell_block(
        REPOSITORY / "docs/new-songs.md", "musicregion generate"
    ).splitlines()
    shell(smaller(train), project)
    generate = generate.replace("--seconds 60 --count 8", "--seconds 6 --count 2")
    assert "songs/ireland-1-02.flac: " in shell(generate, project)
    assert "--no-guide" in shell("musicregion generate --help", project)
    reset(project)


def answer(address, text, folder):
    """Start a server by a shell command; its first page."""
    with running(
        ["bash", "-c", f"exec {text}"],
        lambda: urllib.request.urlopen(address, timeout=5),
        cwd=folder,
        env=environment() | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
    ):
        return urllib.request.urlopen(address, timeout=5).read().decode()


@slow
def test_servers_of_the_makefile(project):
    """On free ports, which the commands do not have."""
    port = free_port()
    recipes = {name: command("make", "-n", name, cwd=project).strip() for name in ("ui", "web")}
    for recipe in recipes.values():
        page = answer(f"http://127.0.0.1:{port}", f"{recipe} --port {port}", project)
        assert "<html" in page
    assert shell_block(README, "musicregion ui").splitlines()[-1] == recipes["ui"]


@slow
def test_a_champion_is_served(project):
    assert "models:/region@champion is now version 1" in shell("musicregion promote", project)
    port = str(free_port())
    block = shell_block(README, "mlflow models serve").replace("5001", port)
    store, serve, ask = block.split("\n", 2)
    with running(
        ["bash", "-c", f"{store}\nexec {serve}"],
        lambda: urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=5),
        cwd=project,
        env=environment(),
    ):
        (prediction,) = json.loads(shell(f"{ask.strip()} -s", project))["predictions"]
    assert prediction["region"] in {path.name for path in project.glob("data/raw/*")}
    page = shell_block(REPOSITORY / "docs/team.md", "WEB_PASSWORD").strip()
    page = page.replace("…", "secret").replace("WEB_PASSWORD", "env WEB_PASSWORD")
    port = str(free_port())
    assert "<html" in answer(f"http://127.0.0.1:{port}", f"{page} --port {port}", project)


@slow
def test_data_is_shared(project, tmp_path):
    command("git", "init", "-q", "--bare", "-b", "main", "origin.git", cwd=tmp_path)
    command("git", "remote", "add", "origin", str(tmp_path / "origin.git"), cwd=project)
    command("git", "push", "-qu", "origin", "main", cwd=project)
    command("dvc", "repro", cwd=project)
    share = shell_block(README, "dvc remote add")
    shell(share.replace("/path/to/a/shared/folder", str(tmp_path / "shared")), project)
    command("git", "clone", "-q", "origin.git", "clone", cwd=tmp_path)
    shell("dvc pull", tmp_path / "clone")
    assert "up to date" in shell("dvc repro", tmp_path / "clone")
    shell("gto register region", project)
    shell(f"dvc artifacts get {project} region", tmp_path)
    assert (tmp_path / "models/card.json").is_file()


@slow
def test_installation_without_make(tmp_path):
    """All but the packages, which setuptools has to be taken from."""
    folder = copy_repository(tmp_path / "copy")
    setuptools = Path(importlib.import_module("setuptools").__file__).parent
    (tmp_path / "build").mkdir()
    for path in (setuptools, *setuptools.parent.glob("setuptools-*.dist-info")):
        (tmp_path / "build" / path.name).symlink_to(path)
    lines = shell_block(README, "python3 -m venv").splitlines()
    assert lines.pop(2) == "pip install -r requirements.txt"
    variables = {"PYTHONPATH": str(tmp_path / "build"), "PIP_NO_BUILD_ISOLATION": "false"}
    text = "\n".join([*lines[:3], "command -v musicregion", "musicregion --help"])
    output = shell(text, folder, **variables)
    assert f"{folder}/.venv/bin/musicregion" in output
    assert "fetch-weights" in output


@slow
def test_commits_are_checked(tmp_path):
    folder = copy_repository(tmp_path / "copy")
    home = {"PRE_COMMIT_HOME": str(tmp_path / "home")}
    shell("pre-commit install", folder, **home)
    subject = "a" * 73
    words = ["git", "commit", "-q", "--allow-empty", "-m"]
    refused = command(*words, subject, cwd=folder, fails=True, **home)
    assert "subject of 73 characters" in refused
    command(*words, f"{subject[:72]}\n\n{subject}", cwd=folder, **home)
    (folder / "params.yaml").write_text("corpus: folk\n")
    refused = command("git", "commit", "-qam", "broken", cwd=folder, fails=True, **home)
    assert "params.yaml: features is missing" in refused
    reset(folder)
    shell("pre-commit run --all-files", folder, **home)


@slow
def test_tests_run_alone():
    assert " passed" in shell("python -m pytest tests/musicregion/dataset -n 0", REPOSITORY)


def insert(path, text, before):
    """Put text in front of the first occurrence of other text in a file."""
    source = path.read_text()
    assert before in source, f"{path.name} has no {before!r}"
    path.write_text(source.replace(before, text + before, 1))


def apply_examples(folder):
    """Do what CONTRIBUTING.md shows."""
    anchors = {
        "dvc.yaml": "\nartifacts:\n",
        "musicregion/corpus/listing.py": "            else:\n                listed = sources",
    }
    for language in ("python", "yaml"):
        for text in code_blocks(CONTRIBUTING, language):
            header, _, code = text.partition("\n")
            path = folder / header.removeprefix("# ")
            if before := anchors.get(header.removeprefix("# ")):
                insert(path, code, before)
            else:
                path.write_text(f"{path.read_text()}\n\n{code}" if path.is_file() else code)
    settings = folder / "musicregion/config/params.py"
    insert(settings, '"energy", ', '"mfcc", "logmel"')
    insert(settings, '"forest", ', '"svm", "logistic"')
    insert(settings, "    energy: feature_sections.Energy\n", "    mfcc: ")
    insert(settings, "    forest: model_sections.Forest\n", "    svm: ")
    registry = folder / "musicregion/features/registry.py"
    (line,) = re.findall(r"`(\"energy\": [^`]*)`", CONTRIBUTING.read_text())
    insert(registry, f"    {line}\n", '    "mfcc": ')
    insert(registry, "from musicregion.features.energy import energy\n", "from musicregion")
    insert(
        folder / "musicregion/corpus/listing.py", "from musicregion.corpus import m3u\n", "from m"
    )


@slow
def test_worked_examples(tmp_path):
    folder = copy_repository(tmp_path / "copy")
    apply_examples(folder)
    write_params(folder, *SMALL)
    command("git", "add", "-A", cwd=folder)
    command("git", "commit", "-qm", "examples", cwd=folder)
    code = {"PYTHONPATH": str(folder)}
    tests = "tests/test_structure.py tests/musicregion/models/test_fit.py"
    passed = shell(f"python -m pytest -n 0 -k 'forest or structure' {tests}", folder, **code)
    assert " passed" in passed
    shell("dvc exp run -S model=forest", folder)
    assert "trees" in (folder / "models/card.json").read_text()
    shell("dvc repro count", folder)
    assert "Germany" in (folder / "results/count.csv").read_text()
    shell("dvc exp run -S features=energy", folder)
    song = next((folder / "data/raw/Germany").iterdir())
    assert f"{song.name}: " in shell(f"musicregion predict {song}", folder, **code)
    songs = sorted((folder / "data/raw").glob("*/*"))
    regions = {}
    for name, paths in (("Low", songs[:5]), ("High", songs[5:10])):
        copies = [shutil.copy(path, tmp_path) for path in paths]
        (folder / f"{name}.m3u").write_text("".join(f"{path}\n" for path in copies))
        regions[name] = {"sources": [f"{name}.m3u"]}
    (folder / "corpora/mine.yaml").write_text(yaml.safe_dump({"regions": regions}))
    write_params(folder, "corpus=mine")
    shell("python -m stages.download", folder)
    table = tables.SONGS.read(folder)
    assert sorted(table["title"]) == sorted(path.stem for path in songs[:10])
    assert set(table["status"]) == {"ok"}
    assert {path.name for path in (folder / "data/raw").iterdir()} == {"High", "Low"}
