"""Finds the module of a model by its name in params.yaml."""

from importlib import import_module
from types import ModuleType


def module_name(model: str) -> str:
    """The name of a model's module."""
    return f"musicregion.models.zoo.{model}"


def load_module(model: str) -> ModuleType:
    """The module of a model; imports TensorFlow where it is used."""
    return import_module(module_name(model))


def has_epochs(model: str) -> bool:
    """Whether a model learns epoch by epoch: a network does."""
    return hasattr(load_module(model), "build")
