"""What compose has left, ready to write new pieces; without TensorFlow."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from musicregion.composition import tokens
from musicregion.composition.novelty import Step
from musicregion.composition.sampling import CachedTransformer, NextToken, sample_line
from musicregion.errors import ModelError
from musicregion.storage.files import writing
from musicregion.storage.paths import CARD

ADVICE = "`dvc exp run -S compose.epochs=40` trains one, which takes about five minutes."
TRIES = 20  # for a piece of tokens.FEWEST notes
PIECES = 2  # that a song is made of


@dataclass(frozen=True)
class Composer:
    """A model of notes, and the lines that it learned from.

    card: what card.json says. lines: of tokens, by piece. songs, tempos (quarter beats a minute),
    melodies: of the same pieces.
    """

    card: dict
    following: NextToken
    lines: list[np.ndarray]
    songs: list[str]
    tempos: np.ndarray
    melodies: list[list[Step]]

    @property
    def one_voice(self) -> bool:
        """Whether it writes tunes, to be accompanied."""
        return self.card["notes"] is True

    def learned(self) -> list[tuple[np.ndarray, float]]:
        """Notes and bar of the pieces that it learned from."""
        return [tokens.decode(line) for line in self.lines]

    def pieces(
        self, region: str, random: np.random.Generator
    ) -> tuple[list[tuple[np.ndarray, float]], float]:
        """New pieces for a song, each notes and bar, and their tempo, as rendition.perform has it.

        Tempo and length are those of a random song of the region.
        """
        mark = tokens.vocabulary(self.card["regions"])[f"Region_{region}"]
        own = [row for row, line in enumerate(self.lines) if line[0] == mark]
        row = int(random.choice(own))
        front = self.lines[row][: tokens.FRONT]
        found = [self._piece(front, random) for _ in range(PIECES)]
        if self.one_voice:  # all end on the same note, so that a song has one key
            last = [notes[-1, 2] for notes, _ in found]
            for (notes, _), end in zip(found, last, strict=True):
                notes[:, 2] += (last[0] - end + 6) % 12 - 6
        return found, float(self.tempos[row])

    def _piece(self, front: np.ndarray, random: np.random.Generator) -> tuple[np.ndarray, float]:
        best = np.zeros((0, 3)), 4.0
        for _ in range(TRIES):
            notes, bar = tokens.decode(sample_line(self.following, front, random))
            if len(notes) > len(best[0]):
                best = notes, bar
            if len(best[0]) >= tokens.FEWEST:
                break
        if not len(best[0]):
            raise ModelError("The model writes no notes: train it longer (compose.epochs).")
        return best


def _join_arrays(parts: list) -> dict[str, np.ndarray]:
    """Arrays of different lengths as one, and their lengths."""
    arrays = [np.asarray(part, "int16") for part in parts]
    return {"all": np.concatenate(arrays), "lengths": np.array([len(one) for one in arrays])}


def _split_arrays(folder: Path, name: str) -> list[np.ndarray]:
    with np.load(folder / f"{name}.npz") as file:
        return np.split(file["all"], np.cumsum(file["lengths"])[:-1])


def save_composer(folder: Path, made: Composer, weights: list[np.ndarray]) -> None:
    """Write a composer's folder, the card last: with it the folder is whole.

    weights: of the decoder, as Keras' get_weights gives them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / "decoder.npz", *weights)
    np.savez(folder / "lines.npz", **_join_arrays(made.lines))
    np.savez(folder / "melodies.npz", **_join_arrays(made.melodies))
    np.savez(folder / "pieces.npz", songs=made.songs, tempos=made.tempos)
    with writing(folder / CARD) as part:
        part.write_text(json.dumps(made.card, indent=2, sort_keys=True) + "\n")


def read_card(folder: Path) -> dict:
    """Read the card of a trained composer.

    Raises:
        ModelError: there is none, or none that was trained.
    """
    try:
        found = json.loads((folder / CARD).read_text())
    except FileNotFoundError:
        raise ModelError(f"{folder}: no model of notes there ({CARD}). {ADVICE}") from None
    except ValueError as error:
        raise ModelError(f"{folder / CARD}: damaged ({error}). {ADVICE}") from None
    if not found["trained"]:
        raise ModelError(f"{folder}: no model of notes was trained, compose.epochs is 0. {ADVICE}")
    return found


def load_composer(folder: Path) -> Composer:
    """Read a composer's folder.

    Raises:
        ModelError: as card; or a file is damaged.
    """
    found = read_card(folder)
    try:
        with np.load(folder / "decoder.npz") as file:
            weights = [file[f"arr_{place}"] for place in range(len(file.files))]
        melodies = [
            [tuple(step) for step in one.tolist()] for one in _split_arrays(folder, "melodies")
        ]
        with np.load(folder / "pieces.npz") as file:
            songs, tempos = file["songs"].tolist(), file["tempos"]
        following = CachedTransformer(weights, found["heads"])
        return Composer(found, following, _split_arrays(folder, "lines"), songs, tempos, melodies)
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{folder}: damaged ({error}). {ADVICE}") from None
