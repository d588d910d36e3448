"""`musicregion store` prints the address of the MLflow store that holds this repository's runs.

mlflow ui --backend-store-uri "$(musicregion store)"
"""

import argparse

from musicregion.tracking import store


def main(arguments: list[str]) -> None:
    """Run the command."""
    argparse.ArgumentParser(
        prog="musicregion store",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args(arguments)
    print(store.tracking_uri())
