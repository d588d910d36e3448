"""The sections of params.yaml for stages: a type and bounds for every key."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Positive = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, le=2**32 - 1)]
Share = Annotated[float, Field(ge=0, lt=1)]
Rate = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Folk(Section):
    songs: Positive
    seconds: tuple[Annotated[float, Field(ge=5)], Annotated[float, Field(le=600)]]
    seed: Seed

    @model_validator(mode="after")
    def _ordered(self) -> "Folk":
        if self.seconds[0] > self.seconds[1]:
            raise ValueError("seconds: the shortest comes first, then the longest")
        return self


class Download(Section):
    cookies: str  # a file
    cookies_from_browser: str
    proxy: str
    rate_limit: Annotated[float, Field(ge=0, allow_inf_nan=False)]  # kB/s
    sleep: Annotated[float, Field(ge=0, le=3600)]  # seconds
    timeout: Rate  # seconds
    retries: Annotated[int, Field(ge=0, le=100)]
    concurrent: Annotated[int, Field(ge=1, le=32)]
    max_duration: Rate  # seconds
    max_size: Rate  # MB
    allow_missing: Annotated[float, Field(ge=0, le=1)]  # share of the songs listed


class Segment(Section):
    sample_rate: Annotated[int, Field(ge=4000, le=192_000)]  # Hz
    window: Annotated[float, Field(ge=0.5, le=600)]  # seconds
    tail: Annotated[float, Field(ge=0, le=1)]  # of a window
    shortest: Rate  # seconds


class Fingerprint(Section):
    share: Annotated[float, Field(gt=0, le=1)]  # of landmarks that two songs share


class Cluster(Section):
    scheduler: str  # address; empty: this machine alone


class Split(Section):
    group: Literal["recording", "album", "author"]
    folds: Annotated[int, Field(ge=3, le=100)]
    seed: Seed


class Transcribe(Section):
    songs: Literal["none", "all"]
    onset: Share  # activation
    frame: Annotated[float, Field(gt=0, lt=1)]  # activation
    shortest: Rate  # seconds


class Compose(Section):
    notes: Literal[True, "transcribed"]
    epochs: Annotated[int, Field(ge=0)]  # 0: no training
    width: Positive  # of the state of a token
    blocks: Positive
    heads: Positive
    dropout: Share
    learning_rate: Rate
    batch: Positive  # pieces
    seed: Seed

    @model_validator(mode="after")
    def _even_heads(self) -> "Compose":
        if self.width % (2 * self.heads):
            raise ValueError(f"width: {self.width} is no multiple of twice heads, {2 * self.heads}")
        return self


class Train(Section):
    balance: Literal["oversample", "weights", "none"]
    learning_rate: Rate
    batch: Positive
    epochs: Positive
    patience: Positive
    seed: Seed


def require_zero_or_three(folds: int) -> int:
    if folds and not 3 <= folds <= 100:
        raise ValueError(f"{folds} is neither 0 nor from 3 to 100")
    return folds


Folds = Annotated[int, AfterValidator(require_zero_or_three)]  # 0: one split alone


class Tune(Section):
    trials: Annotated[int, Field(ge=0)]  # 0: no search
    objective: Literal["likelihood", "macro_f1"]
    folds: Folds
    sampler: Literal["tpe", "random", "cmaes"]
    pruner: Literal["median", "hyperband", "none"]
    seed: Seed


class Evaluate(Section):
    folds: Folds
    repeats: Annotated[int, Field(ge=1, le=100)]
