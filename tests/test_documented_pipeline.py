"""The documentation's commands, in one copy of the repository: they build on each other.

tests/documented_commands.py says which test runs which command. Numbers that would make them long
are smaller here.
"""

import json
import shutil
import urllib.request

import nbformat
import pytest
import soundfile
import yaml
from nbclient import NotebookClient

from tests.conftest import REPOSITORY, command, environment, free_port
from tests.documented_commands import MOST_CHARACTERS, README, shell_block
from tests.documented_project import commit, prepare_project, reset, shell, smaller
from tests.prepared import write_params
from tests.servers import running

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def repro(tmp_path_factory, small):
    """A copy in which `make repro` has run, and what it printed.

    It uses this environment: the installation is test_installation_without_make.
    """
    folder = tmp_path_factory.mktemp("documented")
    prepare_project(folder, small, "mfcc.hop_length=2048")  # dense has a sixteenth of the weights
    output = command("make", "repro", cwd=folder)
    commit(folder)
    return folder, output


@pytest.fixture
def project(repro):
    return repro[0]


def test_the_default_pipeline(repro):
    folder, output = repro
    assert "nothing to compare the data with" in output  # the copy has no dvc.lock
    assert "Predict a song's region" in output
    assert "up to date" in command("dvc", "repro", cwd=folder)


def test_every_stage_runs_alone(project):
    for stage in yaml.safe_load((project / "dvc.yaml").read_text())["stages"]:
        shell(f"python -m stages.{stage}", project)
    assert "up to date" in command("dvc", "repro", cwd=project)


def test_the_site_is_built_and_its_links_hold(project):
    assert "Documentation built" in shell("make docs", project)
    assert "Which region does this music belong to?" in (project / "site/index.html").read_text()
    assert "fit_temperature" in (project / "site/api/models.html").read_text()
    (project / "docs/terms.md").open("a").write("\n[Nowhere](nowhere.md)\n")
    assert "'nowhere.md'" in command("make", "docs", cwd=project, fails=True)
    reset(project)


def test_the_notebook_runs(project):
    notebook = nbformat.read(REPOSITORY / "docs/tour.ipynb", nbformat.NO_CONVERT)
    where = {"metadata": {"path": str(project / "docs")}}
    NotebookClient(notebook, resources=where).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert any("data/raw/America/" in output.get("text", "") for output in outputs)
    data = [output["data"] for output in outputs if "data" in output]
    assert any("image/png" in kinds for kinds in data)  # the map
    assert "dense" in data[-1]["text/plain"] or "committee" in data[-1]["text/plain"]  # the runs


def test_playlists_are_listed_again(project):
    assert "Running stage 'download'" in shell("dvc repro -f download", project)
    assert "up to date" in shell("dvc repro", project)


def test_weights_are_fetched(project):
    for path in ("data/musicnn_weights/weights.npz", "data/basic_pitch/nmp.onnx"):
        if (REPOSITORY / path).is_file():  # or else the command downloads them
            (project / path).parent.mkdir(exist_ok=True)
            shutil.copy(REPOSITORY / path, project / path)
    assert "weights.npz" in shell("musicregion fetch-weights", project)


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


def test_an_experiment_is_forced(project):
    assert "Running stage 'train'" in shell("dvc exp run -f", project)
    reset(project)


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


def test_new_songs(project):
    train, generate = shell_block(
        REPOSITORY / "docs/new-songs.md", "musicregion generate --region"
    ).splitlines()
    shell(smaller(train), project)
    generate = generate.replace("--seconds 60 --count 8", "--seconds 6 --count 2")
    assert "songs/ireland-1-02.flac: " in shell(generate, project)
    assert "--no-guide" in shell("musicregion generate --help", project)
    shutil.copy(next(project.glob("data/raw/Ireland/*.flac")), project / "song.mp3")
    like = shell_block(REPOSITORY / "docs/new-songs.md", "--like")
    assert "beats a minute" in shell(f"{like.strip()} --seconds 6", project)
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


def test_servers_of_the_makefile(project):
    """On free ports, which the commands do not have."""
    port = free_port()
    recipes = {name: command("make", "-n", name, cwd=project).strip() for name in ("ui", "web")}
    for recipe in recipes.values():
        page = answer(f"http://127.0.0.1:{port}", f"{recipe} --port {port}", project)
        assert "<html" in page
    assert shell_block(README, "musicregion ui").splitlines()[-1] == recipes["ui"]


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
