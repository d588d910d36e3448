"""`python -m stages.params` checks params.yaml; every stage does so before anything slow."""

import argparse
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from stages import sections
from stages.sections import Section

PARAMS = Path("params.yaml")


class Params(Section):
    """params.yaml as it stands: the chosen corpus, features and model, and a section for each."""

    corpus: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
    features: Literal["mfcc", "logmel", "musicnn"]
    model: Literal[
        "svm", "logistic", "committee", "dense", "dense_deep", "cnn", "temporal", "bag_of_frames"
    ]
    folk: sections.Folk
    download: sections.Download
    cluster: sections.Cluster
    segment: sections.Segment
    fingerprint: sections.Fingerprint
    split: sections.Split
    mfcc: sections.Mfcc
    logmel: sections.Logmel
    musicnn: sections.Musicnn
    transcribe: sections.Transcribe
    compose: sections.Compose
    tune: sections.Tune
    train: sections.Train
    evaluate: sections.Evaluate
    svm: sections.Svm
    logistic: sections.Logistic
    committee: sections.Committee
    dense: sections.Dense
    dense_deep: sections.DenseDeep
    cnn: sections.Cnn
    temporal: sections.Temporal
    bag_of_frames: sections.BagOfFrames

    @model_validator(mode="after")
    def _corpus_exists(self) -> "Params":
        if not Path("corpora", f"{self.corpus}.yaml").is_file():
            known = ", ".join(sorted(path.stem for path in Path("corpora").glob("*.yaml")))
            raise ValueError(
                f"corpus: {self.corpus!r} is not one of {known} (the files of corpora/)"
            )
        return self

    def changed(self, changes: dict[str, object]) -> "Params":
        """The same params with other values, by dotted key, checked like the file's.

        Raises:
            SystemExit: a key is unknown or a value is not allowed.
        """
        tree = self.model_dump(by_alias=True)
        for dotted, value in changes.items():
            section, key = dotted.split(".")
            tree[section][key] = value
        try:
            return Params.model_validate(tree)
        except ValidationError as error:
            raise SystemExit(complaints(error, Path("changed params"))) from None

    def chosen(self) -> dict:
        """The params that decide this training, by dotted key: what a run is compared by."""
        tree = self.model_dump(by_alias=True)
        names = [
            "segment",
            "fingerprint",
            "split",
            self.features,
            "train",
            "evaluate",
            self.model,
        ]
        from stages import corpus  # which imports this module

        if corpus.load(self.corpus).folk():
            names.insert(0, "folk")
        flat = {key: tree[key] for key in ("corpus", "features", "model")}
        for name in names:
            flat |= {f"{name}.{key}": value for key, value in tree[name].items()}
        return flat


def complaints(error: ValidationError, source: Path) -> str:
    """One line for each mistake: the file, the dotted key, the value, and what is allowed."""
    lines = []
    for item in error.errors():
        key = ".".join(str(part) for part in item["loc"])
        match item["type"]:
            case "extra_forbidden":
                lines.append(f"{source}: {key} is not a key that is known here")
            case "missing":
                lines.append(f"{source}: {key} is missing")
            case "value_error":
                reason = str(item["ctx"]["error"])
                lines.append(f"{source}: {key}.{reason}" if key else f"{source}: {reason}")
            case _:
                what = item["msg"][0].lower() + item["msg"][1:]
                lines.append(f"{source}: {key} is {item['input']!r}, but {what}")
    return "\n".join(lines)


def load(path: Path = PARAMS) -> Params:
    """Read and check params.yaml.

    Raises:
        SystemExit: the file is missing, is not YAML, or holds a wrong key or value; the message
            names each key, its value and what is allowed.
    """
    try:
        return Params.model_validate(yaml.safe_load(path.read_text()))
    except FileNotFoundError:
        raise SystemExit(
            f"{path}: not found. Run the command in the repository's folder."
        ) from None
    except yaml.YAMLError as error:
        raise SystemExit(f"{path}: not valid YAML: {error}") from None
    except ValidationError as error:
        raise SystemExit(complaints(error, path)) from None


def from_command(explanation: str) -> Params:
    """Answer --help with a module's docstring, refuse any argument, and read params.yaml.

    Stages take all their settings from params.yaml, so that DVC knows of every one.
    """
    parser = argparse.ArgumentParser(
        description=explanation,
        epilog="Settings are in params.yaml; `dvc exp run -S section.key=value` changes one.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.parse_args()
    return load()


if __name__ == "__main__":
    from_command(__doc__)
    print(f"{PARAMS}: fine")
