"""The commands of README.md, docs/ and CONTRIBUTING.md, and which test runs each of them.

A command is a line of a shell block (indented by four spaces, or fenced as `sh`), or an inline code
span of two words or more whose first word looks like a program: lower-case letters and hyphens, or
a dot. A line is split at `&&` and `|`, and a command within `$(...)` counts too. Text in <angle
brackets> is a placeholder. `-S key=value` is a change of params.yaml, also without its command.
"""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import REPOSITORY

DOCUMENTS = [
    REPOSITORY / "README.md",
    REPOSITORY / "CONTRIBUTING.md",
    *sorted((REPOSITORY / "docs").glob("*.md")),
]
SHELL = ("", "sh", "bash", "shell", "console")  # languages of fenced blocks that are commands
README, CONTRIBUTING = DOCUMENTS[:2]
MOST_CHARACTERS = 110  # of a line of a table of experiments
HERE = "tests/test_documentation.py::"
PIPELINE = "tests/test_documented_pipeline.py::"
WORKSHOP = "tests/test_workshop.py::"
EXPERIMENT_FILE = "tests/test_documented_experiments.py::"
EXPERIMENTS = EXPERIMENT_FILE + "test_documented_experiments"
COMMANDS = "tests/test_commands.py::"
TEAM = "tests/test_team.py::test_a_team_with_a_database_a_bucket_and_passwords"


@dataclass(frozen=True)
class NotRun:
    """Why no test runs a command. ci: what stands for it in CI_FILES, if anything."""

    reason: str
    ci: str = ""


CI_FILES = (".ci/run", "Makefile")
RUN_BY = {  # regular expression of a whole command to the test that runs it; the first match counts
    # installation
    r"python3 -m venv \.venv": WORKSHOP + "test_installation_without_make",
    r"\. \.venv/bin/activate": WORKSHOP + "test_installation_without_make",
    r"pip install --no-deps -e \.": WORKSHOP + "test_installation_without_make",
    r"pip install -r requirements\.txt": NotRun("downloads gigabytes", "-r requirements.txt"),
    r"pip install -r requirements\.txt -r requirements-team\.txt": NotRun(
        "downloads gigabytes", "-r requirements-team.txt"
    ),
    r"apt-get install postgresql|createdb \w+": NotRun(
        "needs root and PostgreSQL's account; the tests create databases by SQL", "postgresql"
    ),
    # make
    r"make repro": PIPELINE + "test_the_default_pipeline",
    r"make (ui|web)": PIPELINE + "test_servers_of_the_makefile",
    r"make clean-store": HERE + "test_the_store_is_emptied",
    r"make (test|test-all|check)": NotRun("runs this test", "make check\nmake test\n"),
    r"make docs": PIPELINE + "test_the_site_is_built_and_its_links_hold",
    r"make games": NotRun("downloads 1.5 GB of Debian packages"),
    # the pipeline
    r"dvc repro": PIPELINE + "test_the_default_pipeline",
    r"dvc repro -f download": PIPELINE + "test_playlists_are_listed_again",
    r"dvc repro count": WORKSHOP + "test_worked_examples",
    r"dvc exp run -S corpus=mine -S model=dense": "tests/app/page/test_train_tab.py::"
    "test_from_the_form_to_the_report",
    r"dvc exp run -S (model=forest|features=energy)": WORKSHOP + "test_worked_examples",
    r"dvc exp run --queue -S model=dense": COMMANDS
    + "test_a_queue_with_two_jobs_leaves_all_its_runs_in_the_one_store",
    r"dvc queue (start --jobs 2|status)": COMMANDS
    + "test_a_queue_with_two_jobs_leaves_all_its_runs_in_the_one_store",
    # with other numbers, and other models
    r"dvc exp run( -S model=\w+)?( -S evaluate\.\w+=\d+)+": COMMANDS
    + "test_cross_validated_experiments_are_compared_honestly",
    r"dvc exp run -S model=svm( -S tune\.\w+=\d+)+": COMMANDS
    + "test_a_search_is_one_run_with_its_trials_and_training_uses_what_it_found",
    r"dvc exp run -S compose\.epochs=\d+": PIPELINE + "test_new_songs",
    r"dvc exp run -S model=cnn": COMMANDS
    + "test_an_experiment_with_another_model_runs_training_alone",
    r"dvc exp run --temp -S model=svm": COMMANDS
    + "test_a_temporary_experiment_leaves_its_run_in_the_one_store",
    r"dvc exp run( --temp)?( -n \w+)?( -S \S+)+": EXPERIMENTS,
    r"dvc exp run -f": PIPELINE + "test_an_experiment_is_forced",
    r"dvc (exp show .*|plots diff dense cnn)": EXPERIMENT_FILE + "test_models_are_compared",
    r"dvc plots show": PIPELINE + "test_curves_are_drawn_while_training_runs",
    r"git restore params\.yaml( dvc\.lock)?|dvc checkout": EXPERIMENT_FILE
    + "test_models_are_compared",
    r"make (compare|table)": PIPELINE + "test_models_are_compared_by_one_command",
    r"dvc exp apply cnn": EXPERIMENT_FILE + "test_models_are_compared",
    r"python -m stages\.params": HERE + "test_params_are_checked",
    r"python -m stages\.<\.\.\.>": PIPELINE + "test_every_stage_runs_alone",
    r"python -m benchmarks\.listening_page( answers\.json)?": "tests/benchmarks/"
    "test_smoke.py::test_listening_page",
    r"python -m benchmarks\.\w+": NotRun("minutes to hours; results are in benchmarks/results"),
    # what a user starts
    r"musicregion verify": PIPELINE + "test_the_default_pipeline",
    r"musicregion predict .*": PIPELINE + "test_predictions",
    r"musicregion compare (A B|dense cnn)": EXPERIMENT_FILE + "test_models_are_compared",
    r"musicregion compare dense cnn --html differences\.html": "tests/musicregion/presentation/"
    "test_comparison_page.py::test_the_differing_songs_can_be_played",
    r"musicregion compare": EXPERIMENT_FILE + "test_models_are_compared",
    r"musicregion store": PIPELINE + "test_servers_of_the_makefile",
    r"musicregion listen -": "tests/app/test_listen.py::"
    "test_a_song_is_predicted_second_by_second_also_from_standard_input",
    r"arecord -f cd -t wav": NotRun("needs a microphone"),
    r"musicregion promote": PIPELINE + "test_a_champion_is_served",
    r"musicregion generate .*": PIPELINE + "test_new_songs",
    r"musicregion fetch-weights": PIPELINE + "test_weights_are_fetched",
    r"musicregion web --host 0\.0\.0\.0 --model models:/region@champion": PIPELINE
    + "test_a_champion_is_served",
    r"musicregion send": "tests/test_team.py::"
    "test_a_server_that_is_killed_in_mid_training_costs_nothing",
    # MLflow
    r"musicregion ui": PIPELINE + "test_servers_of_the_makefile",
    r"musicregion log": "tests/app/test_log_runs.py::test_runs_that_mlflow_lost_come_back_the_same",
    r"mlflow models serve( .*)?": PIPELINE + "test_a_champion_is_served",
    r"(printf|base64|curl) .*": PIPELINE + "test_a_champion_is_served",
    r"mlflow server --app-name basic-auth .*": TEAM,
    r"cat": TEAM,  # writes the same file
    # sharing
    r"dvc remote add -d shared /path/to/a/shared/folder": PIPELINE + "test_data_is_shared",
    r"git (commit -am .*|push)": PIPELINE + "test_data_is_shared",
    r"dvc (push|pull)": PIPELINE + "test_data_is_shared",
    r"gto register region|dvc artifacts get <\.\.\.> region": PIPELINE + "test_data_is_shared",
    r"dvc remote add -d shared ssh://.*": "tests/test_team.py::test_data_is_shared_over_ssh",
    r"dvc remote modify --local shared keyfile .*": "tests/test_team.py::"
    "test_data_is_shared_over_ssh",
    r"dvc remote add -d shared s3://.*": "tests/test_team.py::test_data_is_shared_in_a_bucket",
    r"dvc remote modify shared endpointurl .*": "tests/test_team.py::"
    "test_data_is_shared_in_a_bucket",
    r"dask (scheduler|worker .*)": "tests/test_cluster.py::"
    "test_segments_and_features_are_the_same_on_a_cluster",
    # environment variables
    r"export MLFLOW_TRACKING_URI(=.*)?": TEAM,
    r"export (MLFLOW|AWS)_.*": TEAM,
    r"export OPTUNA_STORAGE=.*": "tests/test_team.py::test_two_computers_search_in_one_database",
    r"export DASK_SCHEDULER_ADDRESS=.*": "tests/test_cluster.py::"
    "test_segments_and_features_are_the_same_on_a_cluster",
    # the workshop
    r"pre-commit (install|run --all-files)": WORKSHOP + "test_commits_are_checked",
    r"python -m pytest tests/musicregion/dataset -n 0": WORKSHOP + "test_tests_run_alone",
}


@dataclass(frozen=True)
class Command:
    """A documented command. line: of the document, from 1."""

    text: str
    document: Path
    line: int

    def __str__(self) -> str:
        return f"{self.document.relative_to(REPOSITORY)}:{self.line}: {self.text}"


@dataclass(frozen=True)
class Block:
    """A block of code. line: of its first line in the document, from 1."""

    language: str
    text: str
    line: int


def read_blocks(text: str) -> tuple[list[Block], list[tuple[int, str]]]:
    """The blocks of code of a Markdown text, and the other lines with their numbers."""
    blocks: list[Block] = []
    prose: list[tuple[int, str]] = []
    fence: Block | None = None
    indented: list[str] = []
    for number, line in enumerate([*text.splitlines(), "The end."], 1):
        if fence:
            if line.strip() == "```":
                blocks.append(fence)
                fence = None
            else:
                fence = Block(fence.language, f"{fence.text}{line}\n", fence.line)
        elif line.strip().startswith("```"):
            fence = Block(line.strip().removeprefix("```"), "", number + 1)
        elif line.startswith("    ") or (indented and not line.strip()):
            indented.append(line[4:])
        else:
            if indented:
                text = "\n".join(indented).rstrip() + "\n"
                blocks.append(Block("", text, number - len(indented)))
                indented = []
            prose.append((number, line))
    return blocks, prose[:-1]


def shell_lines(block: Block) -> list[tuple[int, str]]:
    """The lines of a shell block without comments, continued ones joined, here-documents cut."""
    lines: list[tuple[int, str]] = []
    joined, end = "", ""
    for number, line in enumerate(block.text.splitlines(), block.line):
        if end:  # within a here-document
            end = "" if line.strip() == end else end
            continue
        line = re.sub(r"(^|\s)# .*", "", line).strip()
        if here := re.search(r"<<\s*'?(\w+)'?", line):
            end, line = here[1], line[: here.start()].strip()
        if line.endswith(("\\", "|")):
            joined += line.removesuffix("\\").rstrip() + " "
        elif joined or line:
            lines.append((number, joined + line))
            joined = ""
    return lines


def split_commands(line: str) -> list[str]:
    """The single commands of a shell line, each with its words apart by one space."""
    line = re.sub(r"<[^<>]*>", "<...>", line)
    commands = []
    for inner in re.findall(r"\$\(([^()]*)\)", line):
        commands += split_commands(inner)
    lexer = shlex.shlex(line.replace("<...>", "\0"), posix=True, punctuation_chars="&|>")
    lexer.whitespace_split, lexer.commenters = True, ""
    words: list[str] = []
    tokens = iter([*lexer, "&&"])
    for token in tokens:
        if token in ("&&", "|"):
            while len(words) > 1 and re.fullmatch(r"[A-Z_]+=.*", words[0]):  # for this command
                words.pop(0)
            commands.append(" ".join(words).replace("\0", "<...>"))
            words = []
        elif token == ">":
            next(tokens)
        else:
            words.append(token)
    return [command for command in commands if command]


def documented_commands(document: Path) -> list[Command]:
    """Every command of a document."""
    blocks, prose = read_blocks(document.read_text())
    lines = [pair for block in blocks if block.language in SHELL for pair in shell_lines(block)]
    for number, line in prose:
        spans = re.findall(r"`([^`]+)`", line)
        lines += [(number, span) for span in spans if len(span.split()) > 1 and is_command(span)]
    return [
        Command(text, document, number) for number, line in lines for text in split_commands(line)
    ]


def is_command(span: str) -> bool:
    """Whether an inline code span is a command."""
    return re.fullmatch(r"[a-z][a-z0-9-]*|\.", span.split()[0]) is not None


def changes(text: str) -> list[str]:
    """The changes of params.yaml in a command or span: "model=cnn"."""
    return re.findall(r"-S (\S+)", text)


ALL = [command for document in DOCUMENTS for command in documented_commands(document)]


def run_by(command: Command) -> str | NotRun | None:
    """The test that runs a command, the reason for none, or None if RUN_BY does not name it."""
    for pattern, test in RUN_BY.items():
        if re.fullmatch(pattern, command.text):
            return test
    return None


def code_blocks(document: Path, language: str) -> list[str]:
    """The texts of a document's fenced blocks in a language."""
    blocks, _ = read_blocks(document.read_text())
    return [block.text for block in blocks if block.language == language]


def shell_block(document: Path, words: str) -> str:
    """The text of the shell block of a document that contains some words."""
    (text,) = [text for text in code_blocks(document, "") if words in text]
    return text
