import pandas as pd

from musicregion.presentation.cautions import find_cautions

FINE = {"warning": False, "rows": []}
HORSE = {
    "warning": True,
    "rows": [{"what": "nuisances", "accuracy": 0.6}, {"what": "model", "accuracy": 0.62}],
}


def songs(counts, albums=None):
    """counts: of songs by region; albums: one for each song."""
    regions = [region for region, count in counts.items() for _ in range(count)]
    ids = [f"s{number}" for number in range(len(regions))]
    return pd.DataFrame({"region": regions, "album": albums or "", "group": ids}, index=ids)


def test_a_large_corpus_without_shortcuts_needs_no_caution():
    assert find_cautions(FINE, (0.7, 0.8), 100, songs({"A": 30, "B": 40}), "recording") == []


def test_each_reason_for_doubt_is_named():
    table = songs({"A": 29, "B": 31}, ["x"] * 3 + ["y"] + [""] * 56)
    sentences = find_cautions(HORSE, (0.5, 0.8), 12, table, "recording")
    assert [sentence.split(":")[0] for sentence in sentences] == [
        "Shortcuts",
        "Albums",
        "Few test songs",
        "Few songs",
    ]
    assert "classify 0.60 of these songs correctly, the model 0.62" in sentences[0]
    assert "3 of 60 songs" in sentences[1]
    assert "12 songs" in sentences[2]
    assert "A (29)." in sentences[3]


def test_albums_that_are_kept_whole_need_no_caution():
    table = songs({"A": 30}, ["x"] * 30)
    assert find_cautions(FINE, (0.7, 0.8), 100, table, "album") == []
    same_group = table.assign(group="s0")
    assert find_cautions(FINE, (0.7, 0.8), 100, same_group, "recording") == []
