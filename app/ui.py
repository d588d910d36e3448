"""`musicregion ui` opens MLflow on a leaderboard of the corpus's runs, the best first.

Experiments that DVC knows and MLflow does not are logged first. Then MLflow's server starts, until
Ctrl-C. Where MLFLOW_TRACKING_URI is a server, that one is used, and the command ends with its link.
"""

import argparse
import os
import subprocess
import sys
import urllib.request
import webbrowser

from app import log_runs
from musicregion.compute.server_start import wait_for_server
from musicregion.config import params
from musicregion.errors import TrackingError
from musicregion.tracking import store

HOST, PORT = "127.0.0.1", 5000
PATIENCE = 120  # seconds for the server to answer


def update_leaderboard(corpus: str = "", server: str = "") -> str:
    """Log what DVC holds and MLflow does not, and write the leaderboard; returns its address.

    corpus: the one in params.yaml if not given; server: as of leaderboard.leaderboard_url.

    Raises:
        TrackingError: MLflow's store cannot be used.
    """
    from musicregion.tracking import leaderboard

    log_runs.main([])
    experiment = leaderboard.write_leaderboard(corpus or params.load().corpus)
    return leaderboard.leaderboard_url(experiment, server)


def start_server(uri: str, port: int) -> subprocess.Popen:
    """Start MLflow's server on loopback. uri: of its store."""
    words = [sys.executable, "-m", "mlflow", "ui", "--host", HOST, "--port", str(port)]
    words += ["--workers", "1", "--uvicorn-opts", "--log-level warning"]
    quiet = {"PYTHONWARNINGS": "ignore"}
    quiet["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"  # of no use here, and slow to start
    return subprocess.Popen([*words, "--backend-store-uri", uri], env=os.environ | quiet)


def wait_for(server: str, process: subprocess.Popen) -> None:
    """Wait until MLflow's server answers.

    Raises:
        TrackingError: it has ended, or takes too long.
    """

    def connect() -> None:
        urllib.request.urlopen(f"{server}/health", timeout=5).close()

    try:
        wait_for_server(connect, process, PATIENCE)
    except OSError:
        raise TrackingError(
            f"ui: MLflow's server did not start at {server}. Is the port in use? "
            "`musicregion ui --port 5001` takes another."
        ) from None


def has_desktop() -> bool:
    """Whether a browser would open in a window."""
    return sys.platform == "darwin" or bool({"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ))


def show(url: str) -> None:
    """Print a link, and open it where there is a desktop."""
    print(f"Leaderboard: {url}", flush=True)
    if has_desktop():
        webbrowser.open(url)


def main(arguments: list[str]) -> None:
    """Run the command.

    Raises:
        TrackingError: MLflow's store or server cannot be used.
    """
    parser = argparse.ArgumentParser(
        prog="musicregion ui",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=PORT, help=f"of the server (default: {PORT})")
    parser.add_argument("--corpus", default="", help="instead of the one in params.yaml")
    chosen = parser.parse_args(arguments)
    uri = store.tracking_uri()
    if uri.startswith("http"):
        show(update_leaderboard(chosen.corpus))
        return
    server = f"http://{HOST}:{chosen.port}"
    link = update_leaderboard(chosen.corpus, server)
    with start_server(uri, chosen.port) as process:
        try:
            wait_for(server, process)
            show(link)
            process.wait()
        except KeyboardInterrupt:
            pass
        finally:
            process.terminate()
