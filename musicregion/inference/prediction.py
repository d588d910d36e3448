"""What a model predicts for a song, and for each of its segments."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SegmentPrediction:
    """A segment of a song."""

    start_s: float
    duration_s: float  # that are the song's own
    probabilities: dict[str, float]  # by region, the likeliest first

    @property
    def region(self) -> str:
        return next(iter(self.probabilities))


@dataclass(frozen=True)
class SongPrediction:
    """What a model says of a song; its probabilities are calibrated."""

    known: bool  # whether the best probability is above the threshold; else "none of these"
    probabilities: dict[str, float]  # by region, the likeliest first
    timeline: list[SegmentPrediction]

    @property
    def region(self) -> str:
        """The likeliest."""
        return next(iter(self.probabilities))

    @property
    def probability(self) -> float:
        return self.probabilities[self.region]

    @property
    def duration_s(self) -> float:
        return self.timeline[-1].start_s + self.timeline[-1].duration_s

    def passages(self) -> list[tuple[float, float, str]]:
        """Start and end (seconds) and region of each stretch of segments of one region."""
        found: list[tuple[float, float, str]] = []
        for moment in self.timeline:
            end = moment.start_s + moment.duration_s
            if found and found[-1][2] == moment.region:
                found[-1] = (found[-1][0], end, moment.region)
            else:
                found.append((moment.start_s, end, moment.region))
        return found
