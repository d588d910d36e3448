"""What a number of songs would cost, from the costs of a few hundred; see benchmarks.scale."""

MEMORY = 24  # GB
STAGES_ON_CLUSTER = 3  # that hand out one task a song


def project(measured: dict, songs: int) -> dict[str, float]:
    """What so many songs cost with 2 workers, if every cost is linear in the number of songs.

    measured: as in scale.json, with stages, dvc, songs and throughput.
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
        "training_memory_gb": 2 * features * songs / 1e3,  # the array and its shuffled copy
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
    name = "training_memory_gb"
    return {name: MEMORY / row[name] * row["songs"]}
