"""The best params that a search found."""

import yaml

from musicregion.config.params import Params
from musicregion.errors import InputError
from musicregion.storage.paths import BEST_PARAMS


def with_best_params(settings: Params) -> Params:
    """The params, changed as results/best_params.yaml says.

    Raises:
        InputError: the stage tune has not run.
        ConfigError: the file holds a wrong key or value.
    """
    if not BEST_PARAMS.is_file():
        raise InputError(f"{BEST_PARAMS}: not found. `dvc repro` makes it.")
    return settings.with_changes(yaml.safe_load(BEST_PARAMS.read_text()))
