"""`python -m stages.download`: the chosen corpus → data/raw/<region>/ and data/songs.csv.

No song is downloaded twice, whichever corpora and regions list it. `dvc repro -f download` checks
whether the playlists have changed; `dvc repro` then runs the stages that depend on them.
"""

import pandas as pd

from musicregion.command import run
from musicregion.config import corpus, params
from musicregion.corpus.failures import STOP
from musicregion.corpus.listing import list_corpus, settle_claims
from musicregion.corpus.summary import require_enough_songs, summarise
from musicregion.corpus.update import update_songs
from musicregion.errors import DownloadError, Unavailable


def main() -> None:
    settings = params.load_for_command(__doc__)
    chosen = corpus.load(settings.corpus)
    try:
        listed = list_corpus(chosen, settings)
    except Unavailable as error:
        advice = STOP.get(error.kind, "No song was changed.")
        raise DownloadError(
            f"corpora/{settings.corpus}.yaml: {error.kind}: {error}. {advice}"
        ) from None
    songs, contested = settle_claims(listed, chosen)
    for song, reason in contested.items():
        print(f"WARNING: {song} is {reason}")
    rows, stored = update_songs(songs, contested, chosen.regions, settings.download)
    table = pd.DataFrame(rows)
    print(summarise(table, stored))
    require_enough_songs(table, settings.download.allow_missing)


if __name__ == "__main__":
    run(main)
