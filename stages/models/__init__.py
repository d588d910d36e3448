"""The models, each a short function that is named by what it returns.

build(shape, regions, normalise, params): a Keras network, which hears segments.
members(params, seed, segments): estimators of scikit-learn, which hear songs' or segments'
statistics.
"""

from importlib import import_module
from types import ModuleType


def module(name: str) -> ModuleType:
    """The module of a model, by its name in params.yaml; imports TensorFlow where it is used."""
    return import_module(f"stages.models.{name}")
