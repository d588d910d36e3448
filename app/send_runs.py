"""`musicregion send`: sends the runs that MLflow's server could not take in their time."""

import argparse

from tqdm import tqdm

from musicregion.errors import TrackingError
from musicregion.tracking import store


def main(arguments: list[str]) -> None:
    argparse.ArgumentParser(prog="musicregion send", description=__doc__).parse_args(arguments)
    folders = sorted(path for path in store.unsent_folder().glob("*") if path.is_dir())
    if not folders:
        print("send: nothing is waiting")
        return
    from filelock import Timeout

    from musicregion.tracking import unsent

    store.connect()
    sent, refused = 0, []
    for folder in tqdm(folders, "send", unit="run"):
        try:
            with unsent.hold_run(folder.name, timeout=0):
                unsent.send_run(folder)
                sent += 1
        except Timeout:
            refused.append(f"{folder.name}: its training is not over; it sends by itself")
        except Exception as error:
            refused.append(f"{folder.name}: {str(error).strip().splitlines()[0]}")
    print(f"send: {sent} runs are with {store.tracking_uri()} now")
    if refused:
        raise TrackingError("send: these are kept, and can be tried again:\n" + "\n".join(refused))
