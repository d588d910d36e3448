"""params.yaml: read and checked once, before anything slow."""

import argparse
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from musicregion.config import feature_sections, model_sections, sections
from musicregion.config.model_sections import Statistical
from musicregion.config.sections import Section
from musicregion.config.validation import explain
from musicregion.errors import ConfigError

PARAMS = Path("params.yaml")


class Params(Section):
    """params.yaml as it stands: the chosen corpus, features and model, and a section for each."""

    corpus: str = Field(pattern=r"^[A-Za-z0-9_-]+$", description="a file of corpora/, by its name")
    features: feature_sections.Kinds
    model: Literal[
        "svm", "logistic", "committee", "dense", "dense_deep", "cnn", "temporal", "bag_of_frames"
    ]
    folk: sections.Folk
    download: sections.Download
    store: sections.Store
    cluster: sections.Cluster
    segment: sections.Segment
    fingerprint: sections.Fingerprint
    split: sections.Split
    mfcc: feature_sections.Mfcc
    logmel: feature_sections.Logmel
    musicnn: feature_sections.Musicnn
    tonal: feature_sections.Tonal
    transcribe: sections.Transcribe
    compose: sections.Compose
    tune: sections.Tune
    train: sections.Train
    evaluate: sections.Evaluate
    svm: model_sections.Svm
    logistic: model_sections.Logistic
    committee: model_sections.Committee
    dense: model_sections.Dense
    dense_deep: model_sections.DenseDeep
    cnn: model_sections.Cnn
    temporal: model_sections.Temporal
    bag_of_frames: model_sections.BagOfFrames

    @model_validator(mode="after")
    def _corpus_exists(self) -> "Params":
        if not Path("corpora", f"{self.corpus}.yaml").is_file():
            names = ", ".join(sorted(path.stem for path in Path("corpora").glob("*.yaml")))
            raise ValueError(
                f"corpus: {self.corpus!r} is not one of {names} (the files of corpora/)"
            )
        return self

    @model_validator(mode="after")
    def _model_takes_features(self) -> "Params":
        if len(self.kinds) > 1 and not isinstance(getattr(self, self.model), Statistical):
            raise ValueError(
                f"features: the network {self.model} takes one kind, not {self.features!r}; "
                "models such as committee take several"
            )
        return self

    @property
    def kinds(self) -> tuple[str, ...]:
        """The names of the chosen kinds of features."""
        return tuple(self.features.split("+"))

    def with_changes(self, changes: dict[str, object]) -> "Params":
        """The same params with other values, by dotted key, checked like the file's.

        Raises:
            ConfigError: a key is unknown or a value is not allowed.
        """
        tree = self.model_dump(by_alias=True)
        for dotted, value in changes.items():
            section, key = dotted.split(".")
            tree[section][key] = value
        try:
            return Params.model_validate(tree)
        except ValidationError as error:
            raise ConfigError(explain(error, Path("changed params"))) from None

    def training_params(self) -> dict[str, Any]:
        """The params that decide this training, by dotted key: runs are compared by them."""
        tree = self.model_dump(by_alias=True)
        names = [
            "segment",
            "fingerprint",
            "split",
            *self.kinds,
            "train",
            "evaluate",
            self.model,
        ]
        from musicregion.config import corpus

        if corpus.load(self.corpus).folk():
            names.insert(0, "folk")
        flat = {key: tree[key] for key in ("corpus", "features", "model")}
        for name in names:
            flat |= {f"{name}.{key}": value for key, value in tree[name].items()}
        return flat


def load(path: Path = PARAMS) -> Params:
    """Read and check params.yaml.

    Raises:
        ConfigError: the file is missing, is not YAML, or holds a wrong key or value; the message
            names each key, its value and what is allowed.
    """
    try:
        return Params.model_validate(yaml.safe_load(path.read_text()))
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: not found. Run the command in the repository's folder."
        ) from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not valid YAML: {error}") from None
    except ValidationError as error:
        raise ConfigError(explain(error, path)) from None


def load_for_command(explanation: str) -> Params:
    """Parse the arguments of a stage, which has none but --help, and read params.yaml.

    Stages take all settings from params.yaml, so that DVC tracks every one of them.

    explanation: what --help prints, a module's docstring.
    """
    parser = argparse.ArgumentParser(
        description=explanation,
        epilog="Settings are in params.yaml; `dvc exp run -S section.key=value` changes one.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.parse_args()
    return load()
