"""`python -m stages.send` sends the runs that MLflow's server could not take in their time."""

import argparse

from tqdm import tqdm

from stages import tracking


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    folders = sorted(path for path in tracking.unsent().glob("*") if path.is_dir())
    if not folders:
        print("send: nothing is waiting")
        return
    from filelock import Timeout

    from stages import record

    tracking.connect()
    sent, refused = 0, []
    for folder in tqdm(folders, "send", unit="run"):
        try:
            with record.held(folder.name, timeout=0):
                record.send(folder)
                sent += 1
        except Timeout:
            refused.append(f"{folder.name}: its training is not over; it sends by itself")
        except Exception as error:
            refused.append(f"{folder.name}: {str(error).strip().splitlines()[0]}")
    print(f"send: {sent} runs are with {tracking.store()} now")
    if refused:
        raise SystemExit("send: these are kept, and can be tried again:\n" + "\n".join(refused))


if __name__ == "__main__":
    main()
