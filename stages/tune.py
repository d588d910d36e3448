"""`python -m stages.tune`: searches for better params of the model → results/best_params.yaml.

With tune.trials: 0 nothing is searched, and the params stay as they are. A search that was stopped
is continued: asking for 50 trials when 30 have ended runs 20. The test part is not read.
"""

import yaml

from musicregion.command import run
from musicregion.config import params
from musicregion.storage.paths import BEST_PARAMS
from musicregion.tuning.search import run_search


def main() -> None:
    settings = params.load_for_command(__doc__)
    changes = run_search(settings) if settings.tune.trials else {}
    BEST_PARAMS.parent.mkdir(exist_ok=True)
    BEST_PARAMS.write_text(yaml.safe_dump(changes))
    if settings.tune.trials:
        print(f"tune: {changes}")


if __name__ == "__main__":
    run(main)
