"""The sections of params.yaml for kinds of features: a type and bounds for every key."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from musicregion.config.sections import Positive, Rate, Section, Share

KINDS = ("mfcc", "logmel", "musicnn", "tonal")


def _check_kinds(features: str) -> str:
    kinds = features.split("+")
    if not set(kinds) <= set(KINDS):
        names = ", ".join(repr(kind) for kind in KINDS)
        raise PydanticCustomError("kinds", f"should be one of {names}, or several joined with +")
    if len(set(kinds)) < len(kinds):
        raise PydanticCustomError("kinds", "should not name a kind twice")
    return features


Kinds = Annotated[
    str,
    AfterValidator(_check_kinds),
    Field(
        description="one kind, or several as in mfcc+musicnn",
        json_schema_extra={"pattern": f"^({'|'.join(KINDS)})(\\+({'|'.join(KINDS)}))*$"},
    ),
]


class Mfcc(Section):
    coefficients: Positive
    n_fft: int = Field(ge=64, description="samples")
    hop_length: Positive = Field(description="samples")
    mel_bands: Positive
    fmin: float = Field(ge=0, description="Hz; what is lower is left out")
    fmax: float = Field(gt=0, description="Hz; what is higher is left out")
    deltas: Literal[0, 1, 2] = Field(description="1: also the first derivative; 2: the second too")
    json_: bool = Field(alias="json", description="also write data/features/data.json")

    @model_validator(mode="after")
    def _enough_bands(self) -> "Mfcc":
        if self.coefficients > self.mel_bands:
            raise ValueError(
                f"coefficients: {self.coefficients} cannot be more than mel_bands, {self.mel_bands}"
            )
        return self

    @model_validator(mode="after")
    def _some_frequencies(self) -> "Mfcc":
        if self.fmin >= self.fmax:
            raise ValueError(f"fmin: {self.fmin:g} Hz must be below fmax, {self.fmax:g} Hz")
        return self


class Logmel(Section):
    n_fft: int = Field(ge=64, description="samples")
    hop_length: Positive = Field(description="samples")
    mel_bands: Positive


class Musicnn(Section):
    networks: Annotated[tuple[Literal["MSD", "MTT"], ...], Field(min_length=1, max_length=2)]
    patches: int = Field(ge=1, le=100, description="of 3 seconds, spread over a segment")


class Tonal(Section):
    onset: Share = Field(description="activation at which a note starts")
    frame: float = Field(gt=0, lt=1, description="activation above which it continues")
    shortest: Rate = Field(description="seconds; shorter notes are left out")
