"""What a number of songs would cost, from the costs of a few hundred; see benchmarks.scale."""

MEMORY = 24  # GB
STAGES_ON_CLUSTER = 3  # that hand out one task a song


def project(measured: dict, songs: int) -> dict[str, float]:
    """What so many songs cost with 2 workers, if costs but those of pairs are linear in the songs.

    measured: as in scale.json, with stages, dvc, songs, throughput and training_mb.
    """
    stages = {row["stage"]: row for row in measured["stages"]}
    dvc = measured["dvc"]
    stages_ms = sum(row["ms"] for row in stages.values())  # a song
    features = stages["mfcc"]["mb_on_disk"]  # MB a song
    task_ms = measured["throughput"][-1]["task_ms"]
    files = 2 * songs  # the song and its segments
    return {
        "songs": songs,
        "compute_h": stages_ms * songs / 3.6e6,
        "scheduling_h": task_ms * STAGES_ON_CLUSTER * songs / 3.6e6,
        "segments_gb": stages["segment"]["mb_on_disk"] * songs / 1e3,
        "features_gb": features * songs / 1e3,
        "training_memory_gb": measured["training_mb"] * songs / 1e3,
        # two arrays of the distances of all pairs of training songs, four fifths of all
        "song_pairs_memory_gb": 2 * 8 * (0.8 * songs) ** 2 / 1e9,
        "files": files,
        "dvc_add_h": dvc["add_s"] / dvc["files"] * files / 3600,
        "dvc_push_h": dvc["push_s"] / dvc["files"] * files / 3600,
        "dvc_checkout_h": dvc["checkout_s"] / dvc["files"] * files / 3600,
        "dvc_status_min": dvc["status_s"] / dvc["files"] * files / 60,
    }


def songs_in_memory(row: dict[str, float]) -> dict[str, float]:
    """How many songs fit in memory, for each cost that grows with them.

    fingerprint's does not: see benchmarks.fingerprint.
    """
    linear, quadratic = "training_memory_gb", "song_pairs_memory_gb"
    return {
        linear: MEMORY / row[linear] * row["songs"],
        quadratic: (MEMORY / row[quadratic]) ** 0.5 * row["songs"],
    }
