"""A trained composer, ready to write new pieces without importing TensorFlow."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from musicregion.composition import tokens
from musicregion.composition.cached_decoder import CachedDecoder
from musicregion.composition.constrained_sampling import sample_piece
from musicregion.composition.form import form_from_letters, form_of
from musicregion.composition.novelty import Step
from musicregion.composition.sampling import NextToken
from musicregion.composition.vocabulary import VERSION, token_ids
from musicregion.errors import ModelError
from musicregion.storage.files import writing
from musicregion.storage.paths import CARD

ADVICE = "`dvc exp run -S compose.epochs=40` trains one in about five minutes."
DECODER = "decoder.onnx"
PIECES = 2  # in a song


@dataclass(frozen=True)
class Composer:
    """A model of notes and the pieces that it was trained on.

    card: the contents of card.json. sequences: the tokens of each piece. songs, tempos (quarter
    beats a minute), tonics (pitch classes), melodies: of the same pieces.
    """

    card: dict[str, Any]
    next_token: NextToken
    sequences: list[np.ndarray]
    songs: list[str]
    tempos: np.ndarray
    tonics: np.ndarray
    melodies: list[list[Step]]

    @property
    def one_voice(self) -> bool:
        """Whether it writes melodies, which need an accompaniment."""
        return self.card["notes"] is True

    def training_pieces(self) -> list[tuple[np.ndarray, float]]:
        """Notes and bar of the pieces that it was trained on."""
        return [tokens.decode(sequence) for sequence in self.sequences]

    def choose_training_piece(self, region: str, random: np.random.Generator) -> int:
        """The row of a random training piece of a region."""
        region_token = token_ids(self.card["regions"])[f"Region_{region}"]
        rows = [row for row, ids in enumerate(self.sequences) if ids[0] == region_token]
        return int(random.choice(rows))

    def compose_pieces(
        self, region: str, random: np.random.Generator, letters: list[str] | None = None
    ) -> tuple[list[tuple[np.ndarray, float]], float]:
        """Write the pieces of a new song, each notes and bar, and choose their tempo.

        Both as perform.perform_pieces takes them. Tempo, key, length and form are those of a random
        training piece of the region. letters: of another form, as form.parse_letters returns them.

        Raises:
            ModelError: the model writes no notes.
        """
        row = self.choose_training_piece(region, random)
        prefix, like = self.sequences[row][: tokens.PREFIX], form_of(self.sequences[row])
        pieces = []
        for _ in range(PIECES):
            form = form_from_letters(letters, like, random) if letters else like
            notes, bar = sample_piece(self.next_token, prefix, form, random)
            notes[:, 2] += tokens.key_shift(int(self.tonics[row]))
            pieces.append((notes, bar))
        return pieces, float(self.tempos[row])


def _save_ragged(path: Path, parts: list) -> None:
    """Write arrays of different lengths as one array and their lengths."""
    arrays = [np.asarray(part, "int16") for part in parts]
    lengths = np.array([len(array) for array in arrays])
    np.savez(path, all=np.concatenate(arrays), lengths=lengths)


def _load_ragged(path: Path) -> list[np.ndarray]:
    with np.load(path) as file:
        return np.split(file["all"], np.cumsum(file["lengths"])[:-1])


def save_composer(folder: Path, composer: Composer, decoder: bytes) -> None:
    """Write a composer's folder. The card is written last: a folder with a card is complete.

    decoder: the graph of the transformer, as decoder_graph returns it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / DECODER).write_bytes(decoder)
    _save_ragged(folder / "lines.npz", composer.sequences)
    _save_ragged(folder / "melodies.npz", composer.melodies)
    np.savez(
        folder / "pieces.npz", songs=composer.songs, tempos=composer.tempos, tonics=composer.tonics
    )
    with writing(folder / CARD) as part:
        part.write_text(json.dumps(composer.card, indent=2, sort_keys=True) + "\n")


def read_card(folder: Path) -> dict[str, Any]:
    """Read the card of a trained composer.

    Raises:
        ModelError: there is no composer in the folder, or it is damaged or was not trained.
    """
    try:
        card = json.loads((folder / CARD).read_text())
    except FileNotFoundError:
        raise ModelError(f"{folder}: no model of notes there ({CARD}). {ADVICE}") from None
    except ValueError as error:
        raise ModelError(f"{folder / CARD}: damaged ({error}). {ADVICE}") from None
    if not card["trained"]:
        raise ModelError(f"{folder}: no model of notes was trained, compose.epochs is 0. {ADVICE}")
    if card.get("tokens") != VERSION:
        raise ModelError(f"{folder}: of an earlier version, which this one cannot read. {ADVICE}")
    return card


def load_composer(folder: Path) -> Composer:
    """Read a composer's folder.

    Raises:
        ModelError: as read_card; or a file is damaged.
    """
    card = read_card(folder)
    try:
        next_token = CachedDecoder((folder / DECODER).read_bytes())
        melodies = [
            [(int(interval), int(length)) for interval, length in melody]
            for melody in _load_ragged(folder / "melodies.npz")
        ]
        with np.load(folder / "pieces.npz") as file:
            songs, tempos, tonics = file["songs"].tolist(), file["tempos"], file["tonics"]
        sequences = _load_ragged(folder / "lines.npz")
        return Composer(card, next_token, sequences, songs, tempos, tonics, melodies)
    except (OSError, ValueError, KeyError, ModelError) as error:
        raise ModelError(f"{folder}: damaged ({error}). {ADVICE}") from None
