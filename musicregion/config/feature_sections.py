"""The sections of params.yaml for kinds of features: a type and bounds for every key."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from musicregion.config.sections import Positive, Section


class Mfcc(Section):
    coefficients: Positive
    n_fft: Annotated[int, Field(ge=64)]  # samples
    hop_length: Positive  # samples
    mel_bands: Positive
    deltas: Literal[0, 1, 2]
    json_: bool = Field(alias="json")

    @model_validator(mode="after")
    def _enough_bands(self) -> "Mfcc":
        if self.coefficients > self.mel_bands:
            raise ValueError(
                f"coefficients: {self.coefficients} cannot be more than mel_bands, {self.mel_bands}"
            )
        return self


class Logmel(Section):
    n_fft: Annotated[int, Field(ge=64)]  # samples
    hop_length: Positive  # samples
    mel_bands: Positive


class Musicnn(Section):
    networks: Annotated[tuple[Literal["MSD", "MTT"], ...], Field(min_length=1, max_length=2)]
    patches: Annotated[int, Field(ge=1, le=100)]  # of 3 s in a segment
