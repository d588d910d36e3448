"""`python -m stages.split`: every song into one fold, and so into train, validation or test."""

from musicregion.command import run
from musicregion.config import corpus, params
from musicregion.dataset.splitting import group_albums, require_songs_per_region, split_songs
from musicregion.storage import tables


def main() -> None:
    chosen = params.load_for_command(__doc__)
    settings = chosen.split
    songs = tables.SONGS.read()[["song", "unknown", "album", "author"]]
    songs = tables.GROUPS.read().merge(songs, on="song", validate="1:1")
    if settings.group != "recording":
        songs["group"] = group_albums(songs, settings.group)
    # the corpus file, not the songs, says which regions there should be
    require_songs_per_region(corpus.load(chosen.corpus).classes(), songs, settings.folds)
    table = split_songs(songs, settings.folds, settings.seed)
    tables.SPLITS.write(table)
    print(table.pivot_table("song", "region", "part", "count", 0, margins=True).to_string())


if __name__ == "__main__":
    run(main)
