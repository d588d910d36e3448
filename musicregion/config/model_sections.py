"""The sections of params.yaml for models: a type and bounds for every key."""

from typing import Annotated

from pydantic import Field

from musicregion.config.sections import Positive, Rate, Section, Share


class Svm(Section):
    c: Rate


class Logistic(Section):
    c: Rate


class Committee(Section):
    song_c: Rate
    segment_c: Rate
    axes: Positive


class Dense(Section):
    l2: Annotated[float, Field(ge=0)]
    dropout: Share


class DenseDeep(Section):
    units: Annotated[list[Positive], Field(min_length=1)]
    l2: Annotated[float, Field(ge=0)]
    dropout: Share


class Cnn(Section):
    filters: Annotated[list[Positive], Field(min_length=1)]
    units: Positive
    dropout: Share


class Temporal(Section):
    frames: Positive
    filters: Annotated[list[Positive], Field(min_length=1)]
    kernel: Positive
    dropout: Share


class BagOfFrames(Section):
    units: Positive
    dropout: Share
