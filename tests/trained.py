"""Trained models to test with: a classifier of high and low tones, and a composer."""

import json
from pathlib import Path

import numpy as np
import pytest

from musicregion.config import params
from musicregion.dataset.dataset import Dataset
from musicregion.features.spectral import mfcc, mfcc_front_end
from musicregion.models import sklearn_fit
from musicregion.models.training_songs import fit_training_songs
from musicregion.storage.paths import TRAINING_SONGS, features_front_end
from tests.conftest import RATE, shared_folder, tone

PITCHES = {"High": 1500, "Low": 220}  # Hz, by region
SEGMENTS = 4  # of a song


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """A model folder. Its windows are of 2 s."""
    return shared_folder(tmp_path_factory, "models", write_model)


def write_model(folder: Path) -> None:
    settings = params.load().with_changes({"segment.window": 2})
    settings = settings.model_copy(update={"model": "committee"})
    rows = [(region, number) for region in (0, 1) for number in range(12)]
    pitches = list(PITCHES.values())
    names = np.repeat([f"{region}-{number:02}" for region, number in rows], SEGMENTS)
    waves = [tone(2 * SEGMENTS, pitches[region] * (1 + number / 50)) for region, number in rows]
    windows = np.reshape(waves, (len(names), -1))
    front_end = mfcc_front_end(RATE, windows.shape[1], settings.mfcc)
    data = Dataset(
        {"mfcc": np.stack([mfcc(window, front_end, settings.mfcc) for window in windows])},
        np.repeat([region for region, _ in rows], SEGMENTS),
        *(names, names, np.full(len(names), "train")),
        list(PITCHES),
    )
    every = np.arange(len(names))
    model, _ = sklearn_fit.fit_sklearn(data, every, None, settings, lambda epoch, metrics: None)
    model.save(folder)
    model.export(folder)
    front_end.save(features_front_end("mfcc", folder))
    titles = {name: f"Song {name}" for name in names}
    fit_training_songs(data, every, titles).save(folder / TRAINING_SONGS)
    card = {
        "regions": data.regions,
        "params": settings.training_params(),
        "temperature": {"song": 1.0, "segment": 1.0},
        "test": {"accuracy": 0.9, "accuracy_low": 0.8, "accuracy_high": 1.0, "songs": 20}
        | {"majority_accuracy": 0.5},
    }
    (folder / "card.json").write_text(json.dumps(card))


@pytest.fixture(scope="session")
def songs(tmp_path_factory):
    """A folder with one song of each region, and one that changes from low to high."""
    import soundfile

    folder = tmp_path_factory.mktemp("songs")
    for name, pitch in PITCHES.items():
        soundfile.write(folder / f"{name.lower()}.wav", tone(8, pitch), RATE)
    both = np.concatenate([tone(8, PITCHES["Low"]), tone(8, PITCHES["High"])])
    soundfile.write(folder / "low to high.flac", both, RATE)
    return folder


@pytest.fixture(scope="session")
def composing(tmp_path_factory):
    """A composer's folder, briefly trained. Its scales go up in one region, down in the other."""
    return shared_folder(tmp_path_factory, "composer", write_composer)


def write_composer(folder: Path) -> None:
    from musicregion.composition import (
        composer,
        decoder_graph,
        novelty,
        tokens,
        training,
        vocabulary,
    )
    from musicregion.composition.tokens import Piece

    settings = params.load().compose.model_copy(
        update={"width": 32, "blocks": 2, "epochs": 40, "dropout": 0.0, "learning_rate": 0.01}
    )
    regions, size = list(PITCHES), 24  # notes
    pieces = []
    for region, first, step in (("High", 62, 1), ("Low", 86, -1)):
        for key in range(-6, 6):
            pitches = first + key + step * np.arange(size) % 24
            notes = np.stack([np.arange(size) / 2, np.full(size, 0.5), pitches], 1)
            tonic = int(pitches[-1]) % 12
            pieces.append(Piece(f"{region}{key}", region, notes, 4.0, 100.0, tonic))
    sequences = [tokens.encode(piece, regions) for piece in pieces]
    size_of_vocabulary = len(vocabulary.token_ids(regions))
    model, _ = training.train_transformer(
        sequences, sequences, size_of_vocabulary, settings, lambda *_: None
    )
    card = {"trained": True, "corpus": "none", "notes": True, "regions": regions}
    card |= {
        "tokens": vocabulary.VERSION,
        "validation": {"nats_per_note": 1.0},
    }
    names, tempos = [piece.song for piece in pieces], np.full(len(pieces), 100.0)
    tonics = np.array([piece.tonic for piece in pieces])
    melodies = [novelty.melody_steps(piece.notes) for piece in pieces]
    trained_composer = composer.Composer(
        card, lambda sequence: sequence, sequences, names, tempos, tonics, melodies
    )
    decoder = decoder_graph.decoder_graph(model.get_weights(), settings.heads)
    composer.save_composer(folder, trained_composer, decoder)
