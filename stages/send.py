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
    import mlflow

    from stages import record

    mlflow.set_tracking_uri(tracking.store())
    for folder in tqdm(folders, "send", unit="run"):
        try:
            record.send(folder)
        except Exception as error:
            reason = str(error).strip().splitlines()[0]
            raise SystemExit(
                f"send: {tracking.store()} did not take run {folder.name}: {reason}. "
                "It is kept; try again when the server answers."
            ) from None
    print(f"send: {len(folders)} runs are with {tracking.store()} now")


if __name__ == "__main__":
    main()
