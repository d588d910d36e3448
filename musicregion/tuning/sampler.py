"""Which values a search tries next: seeded by the trial's number.

So a trial is the same whether the study ran in one go, was resumed, or is shared by processes that
would otherwise all begin with the same values.
"""

import numpy as np
import optuna
from optuna.samplers import BaseSampler, CmaEsSampler, RandomSampler, TPESampler

from musicregion.config.sections import Tune


def make_sampler(kind: str, seed: int) -> BaseSampler:
    match kind:
        case "random":
            return RandomSampler(seed=seed)
        case "cmaes":
            return CmaEsSampler(seed=seed, warn_independent_sampling=False)
    return TPESampler(seed=seed, multivariate=True)


class SeededByTrialNumber(BaseSampler):
    """A new sampler of a kind for every trial; all that it knows, it has from the study."""

    def __init__(self, settings: Tune) -> None:
        self.settings = settings
        self.inner = make_sampler(settings.sampler, settings.seed)

    def before_trial(self, study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
        seed = np.random.SeedSequence((self.settings.seed, trial.number)).generate_state(1)[0]
        self.inner = make_sampler(self.settings.sampler, int(seed))
        self.inner.before_trial(study, trial)

    def infer_relative_search_space(
        self, study: optuna.Study, trial: optuna.trial.FrozenTrial
    ) -> dict:
        return self.inner.infer_relative_search_space(study, trial)

    def sample_relative(
        self, study: optuna.Study, trial: optuna.trial.FrozenTrial, search_space: dict
    ) -> dict:
        return self.inner.sample_relative(study, trial, search_space)

    def sample_independent(
        self,
        study: optuna.Study,
        trial: optuna.trial.FrozenTrial,
        param_name: str,
        param_distribution: optuna.distributions.BaseDistribution,
    ) -> object:
        return self.inner.sample_independent(study, trial, param_name, param_distribution)

    def after_trial(
        self,
        study: optuna.Study,
        trial: optuna.trial.FrozenTrial,
        state: optuna.trial.TrialState,
        values: list[float] | None,
    ) -> None:
        self.inner.after_trial(study, trial, state, values)
