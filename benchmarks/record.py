"""results/record.json: figures about the record of experiments, written by several benchmarks."""

import json

from benchmarks.report import RESULTS, write_json

RESULT = RESULTS / "record.json"


def update_record(figures: dict[str, object]) -> None:
    """Write these figures, and keep what other benchmarks have written."""
    earlier = json.loads(RESULT.read_text()) if RESULT.is_file() else {}
    write_json(RESULT, dict(sorted((earlier | figures).items())), indent=1)
