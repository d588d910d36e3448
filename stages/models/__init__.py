"""The networks: each a short function from input shape and params section to a Keras model."""

from importlib import import_module
from types import ModuleType


def module(name: str) -> ModuleType:
    """The module of a model, by its name in params.yaml; it imports TensorFlow."""
    return import_module(f"stages.models.{name}")
