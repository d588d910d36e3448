"""The sections of params.yaml for kinds of features: a type and bounds for every key."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from musicregion.config.sections import Positive, Section


class Mfcc(Section):
    coefficients: Positive
    n_fft: int = Field(ge=64, description="samples")
    hop_length: Positive = Field(description="samples")
    mel_bands: Positive
    deltas: Literal[0, 1, 2] = Field(description="1: also the first derivative; 2: the second too")
    json_: bool = Field(alias="json", description="also write data/mfcc/data.json")

    @model_validator(mode="after")
    def _enough_bands(self) -> "Mfcc":
        if self.coefficients > self.mel_bands:
            raise ValueError(
                f"coefficients: {self.coefficients} cannot be more than mel_bands, {self.mel_bands}"
            )
        return self


class Logmel(Section):
    n_fft: int = Field(ge=64, description="samples")
    hop_length: Positive = Field(description="samples")
    mel_bands: Positive


class Musicnn(Section):
    networks: Annotated[tuple[Literal["MSD", "MTT"], ...], Field(min_length=1, max_length=2)]
    patches: int = Field(ge=1, le=100, description="of 3 seconds, spread over a segment")
