"""What DVC holds of trainings: HEAD, branches, tags and experiments with a dvc.lock."""

import io
import subprocess
import tarfile
from dataclasses import dataclass
from functools import cached_property
from hashlib import md5
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from musicregion.config.committed import git
from musicregion.config.flatten import flatten
from musicregion.config.params import PARAMS, Params
from musicregion.errors import ConfigError, InputError
from musicregion.storage import paths
from musicregion.tracking import store

NO_SEARCH = md5(b"{}\n").hexdigest()  # of results/best_params.yaml, unless a search has run


@dataclass(frozen=True)
class Revision:
    """A commit whose dvc.lock names the results of a training."""

    name: str  # of the branch, tag or experiment
    commit: str
    experiment: bool  # whether it is an experiment of DVC
    stage: dict[str, Any]  # the stage train in dvc.lock

    def md5_of(self, path: Path) -> str:
        """The MD5 of a dependency or output of the training; empty if it has no such file."""
        files = self.stage["deps"] + self.stage["outs"]
        return next((file["md5"] for file in files if file["path"] == path.as_posix()), "")

    @cached_property
    def files(self) -> Any:  # noqa: ANN401  dvc is slow to import
        """The commit's files, from git, DVC's cache or its remote."""
        from dvc.api import DVCFileSystem
        from dvc.config import Config

        # the remotes of today: those of the commit may have moved, or not have been there yet
        config = Config.from_cwd()
        remotes = {"core": config["core"], "remote": config["remote"]}
        return DVCFileSystem(rev=self.commit, config=remotes)

    @cached_property
    def params(self) -> dict[str, Any]:
        """The params of the training, by dotted key, as a training logs them.

        As dvc.lock has them where an older version had other params.

        Raises:
            InputError: a search has found some, and DVC holds them nowhere.
        """
        changes: dict[str, Any] = {}
        if self.md5_of(paths.BEST_PARAMS) != NO_SEARCH:
            try:
                changes = yaml.safe_load(self.files.read_text(paths.BEST_PARAMS.as_posix()))
            except Exception as error:  # DVC's remotes have many classes of errors
                raise InputError("neither the cache nor a remote has its params") from error
        locked = self.stage["params"][PARAMS.name]
        try:
            tree = yaml.safe_load(PARAMS.read_text()) | locked
            return Params.model_validate(tree).with_changes(changes).training_params()
        except (ValidationError, ConfigError, KeyError):
            return flatten(locked) | changes

    @cached_property
    def checksums(self) -> dict[str, str]:
        """MD5 of each file of the dataset, by path."""
        features = paths.FEATURES_TABLE
        if not self.md5_of(features):  # of a version that had one kind of features
            features = Path("data", self.params["features"], "features.npy")
        names = (features, paths.SEGMENTS, paths.SPLITS)
        return {path.as_posix(): self.md5_of(path) for path in names}

    @property
    def identity(self) -> dict[str, str]:
        """The tags of training_record.IDENTITY."""
        return {
            "params.hash": store.params_digest(self.params),
            "dataset.md5": store.params_digest(self.checksums),
            "result.md5": self.md5_of(paths.PREDICTIONS),
        }

    @property
    def time_ms(self) -> int:
        """When it was committed, in milliseconds since 1970."""
        return 1000 * int(git("show", "-s", "--format=%ct", self.commit))

    def fetch(self, folder: Path) -> list[str]:
        """Copy the training's outputs to a folder; returns the paths that DVC holds nowhere."""
        missing = []
        for path in (out["path"] for out in self.stage["outs"]):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                self.files.get(path, str(target), recursive=self.files.isdir(path))
            except Exception:  # DVC's remotes have many classes of errors
                missing.append(path)
        return missing

    def extract_code(self, folder: Path) -> Path:
        """Copy the commit's package musicregion to a folder; returns its path there."""
        words = ["git", "archive", "--format=tar", self.commit, "musicregion"]
        archive = subprocess.run(words, capture_output=True).stdout
        if archive:
            with tarfile.open(fileobj=io.BytesIO(archive)) as files:
                files.extractall(folder, filter="data")
        return folder / "musicregion"


def list_revisions() -> list[Revision]:
    """HEAD, branches, tags and experiments, one for each dvc.lock."""
    listed = git("for-each-ref", "--format=%(refname)", "refs/heads", "refs/tags", "refs/exps")
    names = {"HEAD": git("rev-parse", "--abbrev-ref", "HEAD")}
    for ref in listed.splitlines():
        *folder, name = ref.split("/")
        # refs/exps/<2>/<38 characters of a commit>/<name>; others are DVC's notes to itself
        if ref.startswith("refs/exps/") and len("".join(folder[2:])) != 40:
            continue
        names[ref] = name if "exps" in folder else "/".join(ref.split("/")[2:])
    revisions: dict[str, Revision] = {}
    for ref, name in names.items():
        blob = git("rev-parse", "--quiet", "--verify", f"{ref}:{paths.DVC_LOCK}")
        if not blob or blob in revisions:
            continue
        stages = yaml.load(git("show", blob), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        if stage := (stages or {}).get("stages", {}).get("train"):
            commit = git("rev-parse", f"{ref}^{{commit}}")
            revisions[blob] = Revision(name, commit, ref.startswith("refs/exps/"), stage)
    return list(revisions.values())
