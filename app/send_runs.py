"""`musicregion send` sends runs that MLflow's server could not take while they were made.

A training goes on while the server is down and keeps its run in a folder. When the server is back:

    musicregion send
"""

import argparse

from tqdm import tqdm

from musicregion.errors import TrackingError
from musicregion.tracking import store


def main(arguments: list[str]) -> None:
    """Run the command.

    Raises:
        TrackingError: a run could not be sent.
    """
    argparse.ArgumentParser(
        prog="musicregion send",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args(arguments)
    folders = sorted(path for path in store.unsent_folder().glob("*") if path.is_dir())
    if not folders:
        print("send: nothing is waiting")
        return
    from filelock import Timeout

    from musicregion.tracking import unsent

    store.connect()
    sent, failures = 0, []
    for folder in tqdm(folders, "send", unit="run"):
        try:
            with unsent.hold_run(folder.name, timeout=0):
                unsent.send_run(folder)
                sent += 1
        except Timeout:
            failures.append(f"{folder.name}: still training, and will be sent at its end")
        except Exception as error:
            failures.append(f"{folder.name}: {str(error).strip().splitlines()[0]}")
    print(f"send: {sent} runs are with {store.tracking_uri()} now")
    if failures:
        raise TrackingError(
            "send: these runs were not sent. Run `musicregion send` again later:\n"
            + "\n".join(failures)
        )
