"""Reports the outcome of a download, and stops where too many songs failed."""

import pandas as pd

from musicregion.errors import DownloadError


def summarise(table: pd.DataFrame, stored: set[str]) -> str:
    """A line for each failure, then a table of new, stored and failed songs by region.

    table: songs.csv. stored: ids of songs that an earlier run has downloaded or rendered.
    """
    lines = [
        f"{row.kind}: {row.region}/{row.song} ({row.title}): {row.reason}"
        for row in table[table["kind"] != ""].itertuples()
    ]
    state = table["status"].where(table["status"] != "ok", "new")
    state = state.mask((state == "new") & table["song"].isin(stored), "stored")
    counts = pd.crosstab(table["region"], state).reindex(
        index=table["region"].unique(), columns=["new", "stored", "failed"], fill_value=0
    )
    counts.loc["all"] = counts.sum()
    lines.append(counts.to_string())
    return "\n".join(lines)


def require_enough_songs(table: pd.DataFrame, allowed: float) -> None:
    """Stop if more songs failed than allowed.

    table: songs.csv. allowed: share of its songs.

    Raises:
        DownloadError: the message states how many failed of each kind, and what to do.
    """
    failed = table[table["status"] != "ok"]
    if len(failed) == len(table):
        raise DownloadError("download: all songs failed; the reasons are above")
    if len(failed) > allowed * len(table):
        kinds = ", ".join(
            f"{kind} {count}" for kind, count in failed["kind"].value_counts().items()
        )
        raise DownloadError(
            f"download: {len(failed)} of {len(table)} songs failed ({kinds}), and "
            f"download.allow_missing is {allowed:g}. Run it again: no song is downloaded twice. "
            "Or remove the lost songs from the playlists, or raise download.allow_missing."
        )
