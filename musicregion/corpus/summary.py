"""What came of a download, in words."""

import pandas as pd

from musicregion.errors import DownloadError


def summarise(table: pd.DataFrame, kept: set[str], dropped: int) -> str:
    """A line for each failure, then a table by region of new, kept and failed songs."""
    lines = [
        f"{row.kind}: {row.region}/{row.song} ({row.title}): {row.reason}"
        for row in table[table["kind"] != ""].itertuples()
    ]
    state = table["status"].where(table["status"] != "ok", "new")
    state = state.mask((state == "new") & table["song"].isin(kept), "kept")
    counts = pd.crosstab(table["region"], state).reindex(
        index=table["region"].unique(), columns=["new", "kept", "failed"], fill_value=0
    )
    counts.loc["all"] = counts.sum()
    lines.append(counts.to_string())
    if dropped:
        lines.append(f"{dropped} songs of the run before are not listed any more: dropped")
    return "\n".join(lines)


def require_enough_songs(table: pd.DataFrame, allowed: float) -> None:
    """Stop where more songs failed than allowed.

    allowed: share of the songs listed.

    Raises:
        DownloadError: says how many failed of which kinds, and what to do.
    """
    failed = table[table["status"] != "ok"]
    if len(failed) == len(table):
        raise DownloadError("download: not one song could be had; the reasons are above")
    if len(failed) > allowed * len(table):
        kinds = ", ".join(
            f"{kind} {count}" for kind, count in failed["kind"].value_counts().items()
        )
        raise DownloadError(
            f"download: {len(failed)} of {len(table)} songs failed ({kinds}), and "
            f"download.allow_missing is {allowed:g}. Run it again: what is there is kept. Take "
            "lost songs off the playlists, or raise download.allow_missing."
        )
