"""What is wanted of new songs."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Order:
    """What is wanted. guide: a model folder that judges, or None. soundfont: None: the corpus's."""

    composer: Path
    guide: Path | None
    region: str
    seconds: float
    seed: int
    soundfont: Path | None = None
