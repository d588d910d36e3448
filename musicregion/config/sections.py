"""The sections of params.yaml for stages: a type and bounds for every key."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Positive = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, le=2**32 - 1)]
Share = Annotated[float, Field(ge=0, lt=1)]
Rate = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Section(BaseModel):
    """A section of a YAML file: unknown keys are refused, values are never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Folk(Section):
    songs: Positive = Field(description="of all regions together")
    seconds: tuple[Annotated[float, Field(ge=5)], Annotated[float, Field(le=600)]] = Field(
        description="length of the shortest and of the longest song"
    )
    seed: Seed

    @model_validator(mode="after")
    def _ordered(self) -> "Folk":
        if self.seconds[0] > self.seconds[1]:
            raise ValueError("seconds: the shortest comes first, then the longest")
        return self


class Download(Section):
    cookies: str = Field(description="path of a cookies.txt, for what a site shows only to members")
    cookies_from_browser: str = Field(description="firefox, chrome, …; empty: none")
    proxy: str = Field(description="such as socks5://127.0.0.1:1080; empty: none")
    rate_limit: float = Field(ge=0, allow_inf_nan=False, description="kB/s per download; 0: none")
    sleep: float = Field(ge=0, le=3600, description="seconds between requests")
    timeout: Rate = Field(description="seconds without a response, or without a byte")
    retries: int = Field(ge=0, le=100, description="of a request or file, after a network error")
    concurrent: int = Field(ge=1, le=32, description="downloads at a time")
    max_duration: Rate = Field(description="seconds; longer songs are left out")
    max_size: Rate = Field(description="MB; larger files are left out")
    allow_missing: float = Field(ge=0, le=1, description="share of the songs that may fail")


class Segment(Section):
    sample_rate: int = Field(ge=4000, le=192_000, description="Hz")
    window: float = Field(ge=0.5, le=600, description="seconds")
    tail: float = Field(
        ge=0, le=1, description="share of a window; a longer rest is looped, a shorter one dropped"
    )
    shortest: Rate = Field(description="seconds; shorter songs are left out")


class Fingerprint(Section):
    share: float = Field(gt=0, le=1, description="songs that share so many landmarks are the same")


class Store(Section):
    max_size: Rate = Field(description="GB; beyond, what was used least recently is removed")


class Cluster(Section):
    scheduler: str = Field(description="a Dask scheduler's address; empty: this machine alone")


class Split(Section):
    group: Literal["recording", "album", "author"] = Field(
        description="what is never divided between parts"
    )
    folds: int = Field(ge=3, le=100, description="one for test, one for validation, others train")
    seed: Seed


class Transcribe(Section):
    songs: Literal["none", "all"]
    onset: Share = Field(description="activation at which a note starts")
    frame: float = Field(gt=0, lt=1, description="activation above which it continues")
    shortest: Rate = Field(description="seconds; shorter notes are left out")


class Compose(Section):
    notes: Literal[True, "transcribed"] = Field(
        description="true: of the tunes that folk is rendered from; transcribed: of recordings"
    )
    epochs: int = Field(ge=0, description="0: no training")
    width: Positive = Field(description="of a token's state")
    blocks: Positive
    heads: Positive
    dropout: Share
    learning_rate: Rate
    batch: Positive = Field(description="pieces")
    seed: Seed

    @model_validator(mode="after")
    def _even_heads(self) -> "Compose":
        if self.width % (2 * self.heads):
            raise ValueError(f"width: {self.width} is no multiple of twice heads, {2 * self.heads}")
        return self


class Train(Section):
    balance: Literal["oversample", "weights", "none"]
    learning_rate: Rate
    batch: Positive = Field(description="segments")
    epochs: Positive = Field(description="at most")
    patience: Positive = Field(description="epochs without a lower validation loss until the end")
    seed: Seed


def require_zero_or_three(folds: int) -> int:
    """With two folds there would be no part for validation."""
    if folds and not 3 <= folds <= 100:
        raise ValueError(f"{folds} is neither 0 nor from 3 to 100")
    return folds


Folds = Annotated[int, AfterValidator(require_zero_or_three)]


class Tune(Section):
    trials: int = Field(ge=0, description="finished ones that are wanted; 0: no search")
    objective: Literal["likelihood", "macro_f1"]
    folds: Folds = Field(description="0: scored on the validation part; 5: by cross-validation")
    sampler: Literal["tpe", "random", "cmaes"]
    pruner: Literal["median", "hyperband", "none"]
    seed: Seed


class Evaluate(Section):
    folds: Folds = Field(description="0: one split; 5: cross-validation")
    repeats: int = Field(ge=1, le=100, description="of the folds, each with another division")
    false_rejections: Share = Field(
        description='share of the regions\' own songs that predictions call "none of these"'
    )
