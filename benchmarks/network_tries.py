"""The tries of benchmarks.networks: networks on crops of songs, and what teaches them."""

from dataclasses import dataclass, field

import numpy as np

from benchmarks.crop_networks import Plan, fit_network, predict_songs
from benchmarks.song_crops import SongCrops, cut_songs
from benchmarks.teachers import Lessons, make_lessons
from musicregion.config.params import Params
from musicregion.dataset.dataset import Dataset

MUSICNN = {"pretraining": 40, "epochs": 20, "activations": 1.0}
TRIES = {
    "crops": Plan(),
    "crops, committee": Plan(probabilities=0.5),
    "crops, musicnn": Plan(**MUSICNN),
    "crops, committee and musicnn": Plan(**MUSICNN, probabilities=0.5),
}


@dataclass(frozen=True)
class Tries:
    """Trains and predicts for single folds; each fold's lessons are made once for all tries."""

    songs: SongCrops
    regions: int
    heard: Dataset  # the same songs, of the features that the teachers take as input
    settings: Params
    lessons: dict[bytes, Lessons] = field(default_factory=dict)  # by the training rows

    def predict(
        self, name: str, train: np.ndarray, test: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """As variants.Predict, by one of TRIES."""
        plan, seed = TRIES[name], self.settings.train.seed
        known, unseen = self.songs.take(train), self.songs.take(test)
        if train.tobytes() not in self.lessons:
            self.lessons[train.tobytes()] = make_lessons(self.heard, train, self.settings)
        lessons = self.lessons[train.tobytes()]
        network = fit_network(known, self.regions, lessons, plan, seed)
        return unseen.names, predict_songs(network, unseen, plan)


def load_tries(settings: Params) -> tuple[Dataset, Tries]:
    """The dataset of the chosen features, and the tries on it."""
    from musicregion.dataset import loading

    data = loading.load_dataset(settings.kinds)
    heard = loading.load_dataset(("musicnn",))
    return data, Tries(cut_songs(data), len(data.regions), heard, settings)
