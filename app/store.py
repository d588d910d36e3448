"""`musicregion store` prints the address of MLflow's store that this repository's runs go to.

mlflow ui --backend-store-uri "$(musicregion store)"
"""

import argparse

from musicregion.tracking import store


def main(arguments: list[str]) -> None:
    argparse.ArgumentParser(
        prog="musicregion store",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args(arguments)
    print(store.tracking_uri())
