"""`python -m stages.split`: assigns every song to a fold, and so to train, validation or test."""

from musicregion.command import run
from musicregion.config import corpus, params
from musicregion.dataset.splitting import group_albums, require_songs_per_region, split_songs
from musicregion.storage import tables


def main() -> None:
    settings = params.load_for_command(__doc__)
    split = settings.split
    songs = tables.SONGS.read()[["song", "unknown", "album", "author"]]
    songs = tables.GROUPS.read().merge(songs, on="song", validate="1:1")
    if split.group != "recording":
        songs["group"] = group_albums(songs, split.group)
    # a region whose songs all failed is in the corpus file alone
    require_songs_per_region(corpus.load(settings.corpus).classes(), songs, split.folds)
    table = split_songs(songs, split.folds, split.seed)
    tables.SPLITS.write(table)
    print(table.pivot_table("song", "region", "part", "count", 0, margins=True).to_string())


if __name__ == "__main__":
    run(main)
