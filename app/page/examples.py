"""The page's examples: songs that the model was not trained on."""

import shutil
from pathlib import Path


def copy_examples(folder: Path) -> list[tuple[str, Path]]:
    """Copy the shortest test song of each region to `folder`; returns their titles and copies.

    There are none where the songs or their split are missing.
    """
    from musicregion.storage import tables
    from musicregion.storage.paths import SONGS, SPLITS

    if not SONGS.is_file() or not SPLITS.is_file():
        return []
    splits = tables.SPLITS.read()
    test = splits.loc[splits["part"] == "test", "song"]
    songs = tables.SONGS.read()
    songs = songs[songs["song"].isin(test)].sort_values("duration_s")
    examples = []
    for song in songs.drop_duplicates("region").sort_values("region").itertuples():
        if Path(song.path).is_file():
            copy = shutil.copyfile(song.path, folder / f"{song.song}{Path(song.path).suffix}")
            examples.append((f"{song.region}: {song.title.partition(' / ')[0]}", Path(copy)))
    return examples
