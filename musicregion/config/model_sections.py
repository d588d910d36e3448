"""The sections of params.yaml for models: a type and bounds for every key."""

from typing import Annotated

from pydantic import Field

from musicregion.config.sections import Positive, Rate, Section, Share


class Statistical(Section):
    """Of a model of statistics, which takes several kinds of features at once."""


class Svm(Statistical):
    c: Rate = Field(description="cost of a training song on the wrong side")


class Logistic(Statistical):
    c: Rate = Field(description="the smaller, the simpler the model")


class Committee(Statistical):
    song_c: Rate = Field(description="C of the support vector machine of songs")
    segment_c: Rate = Field(description="C of the logistic regression of segments")
    axes: Positive = Field(description="principal components of the segments' statistics")
    tonal_c: Rate = Field(description="C of the logistic regressions on tonal")


class Dense(Section):
    l2: Annotated[float, Field(ge=0)]
    dropout: Share


class DenseDeep(Section):
    units: Annotated[list[Positive], Field(min_length=1)]
    l2: Annotated[float, Field(ge=0)]
    dropout: Share


class Cnn(Section):
    filters: list[Positive] = Field(min_length=1, description="one convolution block each")
    units: Positive
    dropout: Share


class Temporal(Section):
    frames: Positive = Field(description="that are averaged into one")
    filters: Annotated[list[Positive], Field(min_length=1)]
    kernel: Positive = Field(description="frames")
    dropout: Share


class BagOfFrames(Section):
    units: Positive
    dropout: Share
