"""`python -m stages.params` checks params.yaml; every stage does so before anything slow."""

from musicregion.command import run
from musicregion.config import params


def main() -> None:
    params.load_for_command(__doc__)
    print(f"{params.PARAMS}: fine")


if __name__ == "__main__":
    run(main)
