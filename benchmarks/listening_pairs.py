"""Pairs of songs to be compared blind: a page that plays them without names, and who won."""

import hashlib
import json
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import jinja2
import numpy as np
import scipy.stats

from musicregion.errors import InputError

TEMPLATE = Path(__file__).with_suffix(".html")
PAGE, KEY = "index.html", "key.json"
SIDES = "a", "b"


@dataclass(frozen=True)
class Pair:
    """Two FLAC files of one song. names: of the ways they were made, such as before and after."""

    names: tuple[str, str]
    files: tuple[Path, Path]


def write_pairs(pairs: list[Pair], title: str, seed: int, folder: Path) -> None:
    """Write the page, its songs and the key into an empty folder of this name.

    Neither the page nor a file's name tells which song is which: the key alone does. seed: of the
    sides.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    random, key, digest = np.random.default_rng(seed), {}, hashlib.sha256()
    for number, pair in enumerate(pairs, 1):
        order = random.permutation(2)
        key[str(number)] = {side: pair.names[i] for side, i in zip(SIDES, order, strict=True)}
        for side, i in zip(SIDES, order, strict=True):
            shutil.copyfile(pair.files[i], folder / f"{number}{side}.flac")
            digest.update(pair.files[i].read_bytes())
    page = digest.hexdigest()[:12]
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    html = environment.from_string(TEMPLATE.read_text("utf-8")).render(
        title=title, page=page, numbers=range(1, len(pairs) + 1), sides=SIDES
    )
    (folder / PAGE).write_text(html, "utf-8")
    (folder / KEY).write_text(json.dumps({"page": page, "pairs": key}, indent=2) + "\n")


def count_answers(answers: list[Path], folder: Path) -> dict[str, int]:
    """How often each way was preferred, and "neither", in files that the page wrote.

    folder: of the page.

    Raises:
        InputError: a file is not the page's answers.
    """
    key = json.loads((folder / KEY).read_text())
    counts: Counter[str] = Counter()
    for path in answers:
        try:
            given = json.loads(path.read_text())
            if given["page"] != key["page"]:
                raise InputError(f"{path}: answers to another page than {folder / PAGE}")
            for answer in given["answers"]:
                ways = key["pairs"][str(answer["pair"])] | {"neither": "neither"}
                counts[ways[answer["preferred"]]] += 1
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path}: not the answers of such a page ({error!r})") from None
    return dict(counts)


def sign_test(first: int, second: int) -> float:
    """The two-sided probability of so uneven preferences if both ways were equally good."""
    return float(scipy.stats.binomtest(first, first + second).pvalue) if first + second else 1.0
