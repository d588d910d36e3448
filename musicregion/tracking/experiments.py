"""What DVC knows of every experiment of this repository: name, params and headline metrics."""

from dataclasses import dataclass
from typing import Any

from musicregion.errors import TrackingError
from musicregion.storage.paths import METRICS


@dataclass(frozen=True)
class Experiment:
    """A finished training, as DVC recorded it."""

    name: str  # of the experiment, or the branch of a commit
    rev: str  # the git commit that holds it
    baseline: str  # the git commit that it started from; rev itself for a plain commit
    params: dict[str, Any]  # nested, as in params.yaml
    metrics: dict[str, Any]  # nested, as in metrics.json

    def metric(self, name: str) -> float | None:
        """A metric by its name in MLflow, such as test/song/accuracy; None if there is none."""
        tree: Any = self.metrics
        for part in name.split("/"):
            tree = tree.get(part) if isinstance(tree, dict) else None
        return tree if isinstance(tree, float | int) else None


def head_commit() -> str:
    """The commit that is checked out."""
    from dvc.repo import Repo

    with Repo() as repo:
        return repo.scm.get_rev()


def remove_experiments(names: list[str]) -> None:
    """Remove the experiments of these names that started from the commit that is checked out.

    What they computed stays in DVC's cache.
    """
    from dvc.repo import Repo

    with Repo() as repo:
        existing = {name for pairs in repo.experiments.ls().values() for name, _ in pairs}
        repo.experiments.remove(sorted(existing.intersection(names)))


def list_experiments() -> list[Experiment]:
    """The commit that is checked out, if it has metrics, and all finished experiments.

    Those of all commits, like `dvc exp show -A`, without reading the commits in between.

    Raises:
        TrackingError: this is no DVC repository, or git has no commit.
    """
    from dvc.exceptions import DvcException
    from dvc.repo import Repo
    from dvc.scm import SCMError

    try:
        with Repo() as repo:
            head = repo.scm.get_rev()
            others = repo.experiments.ls(all_commits=True).keys() - {head}
            states = repo.experiments.show(
                [head, *sorted(others)], hide_queued=True, hide_failed=True, hide_workspace=True
            )
    except (DvcException, SCMError) as error:
        raise TrackingError(
            f"DVC's experiments cannot be read: {error}. Run the command in the repository's "
            "folder."
        ) from None
    rows: list[Experiment | None] = []
    for state in states:
        if state.rev == head:
            rows.append(_read(state, state.name or "HEAD", head))
        for tried in state.experiments or []:
            if tried.executor is None or tried.executor.state == "success":
                rows.append(_read(tried.revs[0], tried.name or tried.revs[0].rev[:7], state.rev))
    return [row for row in rows if row]


def _read(state: Any, name: str, baseline: str) -> Experiment | None:  # noqa: ANN401
    """From DVC's state of a commit; None if it has no metrics."""
    if state.data is None:
        return None
    params = state.data.params.get("params.yaml", {}).get("data") or {}
    metrics = state.data.metrics.get(METRICS.as_posix(), {}).get("data") or {}
    return Experiment(name, state.rev, baseline, params, metrics) if metrics else None
