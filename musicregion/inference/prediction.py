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
class SimilarSong:
    """A training song that sounds like the predicted one."""

    title: str
    region: str
    similarity: str  # in words
    distance: float  # share of training songs that are nearer to another one, 0 to 1


def describe_song(song: SimilarSong) -> str:
    """A training song as text: Dawn (Coast, very similar)."""
    return f"{song.title} ({song.region}, {song.similarity})"


def describe_songs(songs: list[SimilarSong]) -> str:
    """Training songs as text: Dawn (Coast, very similar); Rain (Hills, similar)."""
    return "; ".join(map(describe_song, songs))


@dataclass(frozen=True)
class SongPrediction:
    """The prediction for a song; probabilities are calibrated."""

    known: bool  # False: "none of these"
    typicality: float  # share of training songs that sound at least as strange to the others
    nearest: list[SimilarSong]
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
