"""`python -m stages.params` checks params.yaml, and prints what differs from the commit.

Every stage checks it before anything slow. This one depends on all that the others' code does, so
that it runs first whenever another has to run because of params or code.
"""

from musicregion.command import run
from musicregion.config import params
from musicregion.config.committed import changed_params, describe_changes


def main() -> None:
    params.load_for_command(__doc__)
    changes = changed_params()
    print(describe_changes(changes) if changes else f"{params.PARAMS}: valid, as committed")


if __name__ == "__main__":
    run(main)
