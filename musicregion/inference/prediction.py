"""What a model predicts for a song, and for each of its segments."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SegmentPrediction:
    """The prediction for a segment of a song; probabilities are calibrated."""

    start_s: float
    duration_s: float  # without what was looped to fill the segment
    probabilities: dict[str, float]  # by region, the likeliest first

    @property
    def region(self) -> str:
        """The likeliest region."""
        return next(iter(self.probabilities))


@dataclass(frozen=True)
class SongPrediction:
    """The prediction for a song; probabilities are calibrated."""

    known: bool  # whether the highest probability reaches the threshold; else "none of these"
    probabilities: dict[str, float]  # by region, the likeliest first
    timeline: list[SegmentPrediction]

    @property
    def region(self) -> str:
        """The likeliest region."""
        return next(iter(self.probabilities))

    @property
    def probability(self) -> float:
        """The probability of the likeliest region."""
        return self.probabilities[self.region]

    @property
    def duration_s(self) -> float:
        """Seconds from the song's beginning to the end of its last segment."""
        return self.timeline[-1].start_s + self.timeline[-1].duration_s

    def passages(self) -> list[tuple[float, float, str]]:
        """Start and end (seconds) and region of each run of segments with the same region."""
        passages: list[tuple[float, float, str]] = []
        for segment in self.timeline:
            end = segment.start_s + segment.duration_s
            if passages and passages[-1][2] == segment.region:
                passages[-1] = (passages[-1][0], end, segment.region)
            else:
                passages.append((segment.start_s, end, segment.region))
        return passages
