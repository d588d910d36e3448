"""`python -m stages.params` checks params.yaml; every stage does so before anything slow."""

import argparse
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

PARAMS = Path("params.yaml")

Positive = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, le=2**32 - 1)]
Share = Annotated[float, Field(ge=0, lt=1)]
Rate = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Folk(Section):
    songs: Positive
    seconds: tuple[Annotated[float, Field(ge=5)], Annotated[float, Field(le=600)]]
    seed: Seed

    @model_validator(mode="after")
    def _ordered(self) -> "Folk":
        if self.seconds[0] > self.seconds[1]:
            raise ValueError("seconds: the shortest comes first, then the longest")
        return self


class Download(Section):
    cookies: str  # a file
    cookies_from_browser: str
    proxy: str
    rate_limit: Annotated[float, Field(ge=0, allow_inf_nan=False)]  # kB/s
    sleep: Annotated[float, Field(ge=0, le=3600)]  # seconds
    timeout: Rate  # seconds
    retries: Annotated[int, Field(ge=0, le=100)]
    concurrent: Annotated[int, Field(ge=1, le=32)]
    max_duration: Rate  # seconds
    max_size: Rate  # MB
    allow_missing: Annotated[float, Field(ge=0, le=1)]  # share of the songs listed


class Segment(Section):
    sample_rate: Annotated[int, Field(ge=4000, le=192_000)]  # Hz
    window: Annotated[float, Field(ge=0.5, le=600)]  # seconds
    tail: Annotated[float, Field(ge=0, le=1)]  # of a window
    shortest: Rate  # seconds


class Fingerprint(Section):
    share: Annotated[float, Field(gt=0, le=1)]  # of landmarks that two songs share


class Split(Section):
    group: Literal["recording", "album", "author"]
    folds: Annotated[int, Field(ge=3, le=100)]
    seed: Seed


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


class Train(Section):
    balance: Literal["oversample", "weights", "none"]
    learning_rate: Rate
    schedule: Literal["constant", "cosine"]
    batch: Positive
    epochs: Positive
    patience: Positive
    seed: Seed


class Evaluate(Section):
    folds: int  # 0: one split alone
    repeats: Annotated[int, Field(ge=1, le=100)]

    @model_validator(mode="after")
    def _three_parts(self) -> "Evaluate":
        if self.folds and not 3 <= self.folds <= 100:
            raise ValueError(f"folds: {self.folds} is neither 0 nor from 3 to 100")
        return self


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


class Params(Section):
    """params.yaml as it stands: the chosen corpus, features and model, and a section for each."""

    corpus: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
    features: Literal["mfcc", "logmel", "musicnn"]
    model: Literal["svm", "logistic", "committee", "dense", "dense_deep", "cnn", "temporal"]
    folk: Folk
    download: Download
    segment: Segment
    fingerprint: Fingerprint
    split: Split
    mfcc: Mfcc
    logmel: Logmel
    musicnn: Musicnn
    train: Train
    evaluate: Evaluate
    svm: Svm
    logistic: Logistic
    committee: Committee
    dense: Dense
    dense_deep: DenseDeep
    cnn: Cnn
    temporal: Temporal

    @model_validator(mode="after")
    def _corpus_exists(self) -> "Params":
        if not Path("corpora", f"{self.corpus}.yaml").is_file():
            known = ", ".join(sorted(path.stem for path in Path("corpora").glob("*.yaml")))
            raise ValueError(
                f"corpus: {self.corpus!r} is not one of {known} (the files of corpora/)"
            )
        return self

    def chosen(self) -> dict:
        """The params that decide this training, by dotted key: what a run is compared by."""
        tree = self.model_dump(by_alias=True)
        sections = [
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
            sections.insert(0, "folk")
        flat = {key: tree[key] for key in ("corpus", "features", "model")}
        for section in sections:
            flat |= {f"{section}.{key}": value for key, value in tree[section].items()}
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
