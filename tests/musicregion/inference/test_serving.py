"""The model that train logs predicts in Python and over HTTP, and is promoted. All for real."""

import base64
import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from mlflow import MlflowClient

from musicregion.tracking.logged_model import OTHER_ROOMS
from tests.conftest import RATE, command, environment, free_port, tone
from tests.prepared import prepared
from tests.servers import kill, until

PROMOTE = ["musicregion", "promote"]
MODEL = "committee-mfcc-folk"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project with one trained model."""
    folder = prepared(tmp_path_factory.mktemp("served") / "project", "model=committee")
    (folder / "results").mkdir()
    (folder / "results/best_params.yaml").write_text("{}\n")
    command("stages.train", cwd=folder, here=True)
    soundfile.write(folder / "song.ogg", tone(3), RATE)
    return folder


@pytest.fixture(scope="module")
def client(project):
    return MlflowClient(f"sqlite:///{project}/mlruns/mlflow.db")


@pytest.fixture(scope="module")
def run(client):
    experiment = client.get_experiment_by_name("folk")
    (run,) = client.search_runs([experiment.experiment_id])
    return run


def request_predictions(url, rows):
    body = json.dumps({"dataframe_records": rows}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)["predictions"]


def test_a_song_in_base64_is_predicted_over_http(project, run, tmp_path):
    port = free_port()
    words = ["mlflow", "models", "serve", "--env-manager", "local", "--port", str(port)]
    store = {"MLFLOW_TRACKING_URI": f"sqlite:///{project}/mlruns/mlflow.db"}
    song = (project / "song.ogg").read_bytes()
    with (tmp_path / "log.txt").open("w+") as log:
        server = subprocess.Popen(
            [*words, "--model-uri", f"runs:/{run.info.run_id}/{MODEL}"],
            cwd=tmp_path,  # the model brings its own code
            env=environment() | store,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            until(lambda: urllib.request.urlopen(f"{url}/ping", timeout=5), server, log)
            sent = (song, b"garbage" * 999)
            rows = [{"audio": base64.b64encode(audio).decode()} for audio in sent]
            predictions = request_predictions(f"{url}/invocations", rows)
            predictions += request_predictions(
                f"{url}/invocations", [{"path": str(project / "song.ogg")}]
            )
        finally:
            kill(server)
    assert predictions[0] == predictions[2]
    assert predictions[0]["region"] in ("Coast", "Hills")
    assert predictions[0]["p_Coast"] + predictions[0]["p_Hills"] == pytest.approx(1, abs=1e-5)
    assert predictions[0]["reason"] == ""
    assert 0 < predictions[0]["typicality"] <= 1
    assert predictions[0]["known"] == (predictions[0]["typicality"] > 0.05)
    assert re.match(r"s\d\d \((Coast|Hills), [a-z ]+\); s\d\d ", predictions[0]["nearest"])
    assert "not readable as audio" in predictions[1]["reason"]
    assert "/" not in predictions[1]["reason"]


def test_in_python_raw_bytes_and_base64_are_the_same(project, run):
    code = (
        "import base64, mlflow, pandas, sys\n"
        "from musicregion.tracking import store\n"
        "store.connect()\n"
        f"model = mlflow.pyfunc.load_model('runs:/{run.info.run_id}/{MODEL}')\n"
        "song = open('song.ogg', 'rb').read()\n"
        "both = pandas.DataFrame({'audio': [song, base64.b64encode(song)]})\n"
        "plain, encoded = model.predict(both).to_dict('records')\n"
        "print('same' if plain == encoded and not plain['reason'] else (plain, encoded))\n"
        "print(model.metadata.get_input_schema().input_names(), model.input_example is not None)\n"
    )
    (project / "ask.py").write_text(code)  # without any `if __name__ == "__main__"`
    output = command(sys.executable, "ask.py", cwd=project, PYTHONPATH=str(project))
    assert output.splitlines().count("same") == 1
    assert "['audio', 'path'] True" in output


def test_a_run_has_one_model_its_data_and_its_story(project, client, run):
    assert {item.path for item in client.list_artifacts(run.info.run_id)} == {"results"}
    (model,) = client.search_logged_models([run.info.experiment_id])
    assert (model.name, model.status) == (MODEL, "READY")
    assert [output.model_id for output in run.outputs.model_outputs] == [model.model_id]
    files = {path.name for path in Path(model.artifact_location).rglob("*")}
    assert {"mfcc_song.onnx", "mfcc_segment.onnx", "card.json", "serving.py"} <= files
    assert not {"model.skops", "__pycache__", *OTHER_ROOMS} & files
    (data,) = run.inputs.dataset_inputs
    assert (data.dataset.name, data.dataset.digest) == ("folk mfcc", run.data.tags["dataset.md5"])
    assert "data/features" in data.dataset.source
    assert data.tags[0].value == "training, validation, test"
    of_model = {metric.key: metric for metric in model.metrics}
    assert of_model["test/song/accuracy"].value == run.data.metrics["test/song/accuracy"]
    assert of_model["test/song/accuracy"].dataset_name == "folk mfcc"
    assert "training/loss" in run.data.metrics
    assert "training/loss" not in of_model  # of an earlier training, not of this model
    assert run.data.metrics["system/system_memory_usage_megabytes"] > 0
    note = run.data.tags["mlflow.note.content"]
    assert "of 8 songs classified correctly" in note
    assert "dvc exp run -S segment.window=0.5 -S segment.shortest=0.1" in note


def log_worse_run(client, run, folder):
    """Log a run that classified half of the validation songs wrongly; returns its id."""
    table = pd.read_csv(client.download_artifacts(run.info.run_id, "results/predictions.csv"))
    wrong = (table["part"] == "validation") & (np.arange(len(table)) % 2 == 0)
    table.loc[wrong, "predicted"] = table["predicted"].map({"Coast": "Hills", "Hills": "Coast"})
    (folder / "results").mkdir(exist_ok=True)
    table.to_csv(folder / "results/predictions.csv", index=False)
    other = client.create_run(run.info.experiment_id, run_name="worse")
    client.log_metric(other.info.run_id, "validation/song/accuracy", 0.5)
    client.log_artifacts(other.info.run_id, str(folder / "results"), "results")
    (model,) = client.search_logged_models([run.info.experiment_id])
    copied = client.create_logged_model(run.info.experiment_id, "worse", other.info.run_id)
    client.log_model_artifacts(copied.model_id, model.artifact_location.removeprefix("file://"))
    client.finalize_logged_model(copied.model_id, "READY")
    client.set_terminated(other.info.run_id)
    return other.info.run_id


@pytest.mark.slow
def test_the_best_run_is_promoted_and_a_worse_one_is_not(project, client, run, tmp_path):
    other = log_worse_run(client, run, tmp_path)
    output = command(*PROMOTE, cwd=project, here=True)
    assert "validation/song/accuracy 1.000" in output
    assert "is now version 1" in output
    assert "champion already" in command(*PROMOTE, cwd=project, here=True)
    output = command(*PROMOTE, "--run", other, cwd=project, fails=True, here=True)
    assert "1.000 of 8 songs classified correctly" in output
    assert "0.500" in output
    assert "the champion stays" in output
    assert client.get_model_version_by_alias("region", "champion").run_id == run.info.run_id
    predict = ["musicregion", "predict", "song.ogg", "--json"]
    output = command(*predict, "--model", "models:/region@champion", cwd=project, here=True)
    (row,) = json.loads(output)
    assert row["region"] in ("Coast", "Hills", None)
    output = command(*PROMOTE, "--run", other, "--force", cwd=project, here=True)
    assert "is now version 2" in output
    assert client.get_model_version_by_alias("region", "champion").run_id == other


def test_a_run_that_does_not_exist_is_an_error(project):
    output = command(*PROMOTE, "--run", "0" * 32, cwd=project, fails=True, here=True)
    assert "not found" in output
    assert "Traceback" not in output
