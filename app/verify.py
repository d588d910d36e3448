"""`musicregion verify`: are the data on this computer those of the commit?

Compares the outputs of the data stages, from download to transcribe, in dvc.lock with those in the
dvc.lock that is committed. With the same code and params they are equal on every processor.
"""

import argparse

import yaml

from musicregion.config.committed import committed_text
from musicregion.errors import InputError
from musicregion.storage.paths import DVC_LOCK

STAGES = ("download", "segment", "fingerprint", "split", "features", "transcribe")


def read_locks() -> tuple[dict, dict]:
    """The stages in dvc.lock of the work tree and of the commit, by name; {} if none is committed.

    Raises:
        InputError: there is none in the work tree.
    """
    committed = committed_text(DVC_LOCK)
    try:
        here = yaml.safe_load(DVC_LOCK.read_text())
    except FileNotFoundError:
        raise InputError(f"verify: {DVC_LOCK}: not found. `dvc repro` makes it.") from None
    return here["stages"], yaml.safe_load(committed)["stages"] if committed else {}


def output_hashes(stages: dict) -> dict[str, str]:
    """The hash of each output of the data stages, by path."""
    outputs = [out for name in STAGES for out in stages.get(name, {}).get("outs", [])]
    return {out["path"]: out["md5"] for out in outputs}


def describe(here: dict, committed: dict) -> str:
    """The comparison in a sentence. here, committed: stages, by name."""
    if not committed:
        return f"No {DVC_LOCK} is committed, so there is nothing to compare the data with."
    changed = [
        name
        for name in STAGES
        if here.get(name, {}).get("params") != committed.get(name, {}).get("params")
    ]
    if changed:
        return f"The params of {', '.join(changed)} differ from the commit, so the data may too."
    hashes, expected = output_hashes(here), output_hashes(committed)
    paths = sorted(hashes.keys() | expected.keys())
    differing = [path for path in paths if hashes.get(path) != expected.get(path)]
    if differing:
        return (
            f"These data differ from the committed {DVC_LOCK}: {', '.join(differing)}. Unless "
            "code, packages or songs have changed, this computer calculates other bytes."
        )
    return f"The {len(paths)} data outputs in {DVC_LOCK} are those of the commit."


def main(arguments: list[str]) -> None:
    """Run the command."""
    argparse.ArgumentParser(
        prog="musicregion verify",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args(arguments)
    print(describe(*read_locks()))
