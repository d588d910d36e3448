"""Finds the module of a model by the model's name in params.yaml."""

from importlib import import_module
from types import ModuleType


def module_name(model: str) -> str:
    """The name of a model's module."""
    return f"musicregion.models.zoo.{model}"


def load_module(model: str) -> ModuleType:
    """Import the module of a model, and so TensorFlow if it is a network."""
    return import_module(module_name(model))


def has_epochs(model: str) -> bool:
    """Whether a model is trained in epochs, as networks are."""
    return hasattr(load_module(model), "build")
