"""The sampler of a search, seeded by the trial's number.

A trial's values are then the same whether the study ran in one go, was continued, or is shared by
several processes, which would otherwise all begin with the same values.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import optuna
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler, CmaEsSampler, RandomSampler, TPESampler

from musicregion.config.sections import Tune


def make_sampler(name: str, seed: int) -> BaseSampler:
    """name: as tune.sampler."""
    match name:
        case "random":
            return RandomSampler(seed=seed)
        case "cmaes":
            return CmaEsSampler(seed=seed, warn_independent_sampling=False)
    return TPESampler(seed=seed, multivariate=True)


class SeededByTrialNumber(BaseSampler):
    """Makes a new sampler for every trial; its only state is the study's trials."""

    def __init__(self, settings: Tune) -> None:
        self.settings = settings
        self.inner = make_sampler(settings.sampler, settings.seed)

    def before_trial(self, study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
        seed = np.random.SeedSequence((self.settings.seed, trial.number)).generate_state(1)[0]
        self.inner = make_sampler(self.settings.sampler, int(seed))
        self.inner.before_trial(study, trial)

    def infer_relative_search_space(
        self, study: optuna.Study, trial: optuna.trial.FrozenTrial
    ) -> dict[str, BaseDistribution]:
        return self.inner.infer_relative_search_space(study, trial)

    def sample_relative(
        self,
        study: optuna.Study,
        trial: optuna.trial.FrozenTrial,
        search_space: dict[str, BaseDistribution],
    ) -> dict[str, Any]:
        return self.inner.sample_relative(study, trial, search_space)

    def sample_independent(
        self,
        study: optuna.Study,
        trial: optuna.trial.FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:  # noqa: ANN401 - as in Optuna's interface
        return self.inner.sample_independent(study, trial, param_name, param_distribution)

    def after_trial(
        self,
        study: optuna.Study,
        trial: optuna.trial.FrozenTrial,
        state: optuna.trial.TrialState,
        values: Sequence[float] | None,
    ) -> None:
        self.inner.after_trial(study, trial, state, values)
