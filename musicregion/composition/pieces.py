"""The pieces of music that compose learns from: true tunes, or what transcribe has heard."""

import numpy as np

from musicregion.composition.tokens import FEWEST, GRID, HIGHEST, LOWEST, METERS, Piece
from musicregion.config import corpus
from musicregion.config.params import Params
from musicregion.corpus import folk
from musicregion.corpus.folk_rendering import perform_recipe
from musicregion.errors import ConfigError
from musicregion.rendering.tune import Tune
from musicregion.storage import array_store, tables
from musicregion.storage.paths import TRANSCRIPTIONS

PASSAGE = 8  # bars of a heard piece
BAR = 4.0  # quarter beats of a heard bar
SLOWEST, FASTEST = 80, 160  # quarter beats a minute of heard songs, where they are not known


def shift_to_bar(tune: Tune) -> np.ndarray:
    """The notes of a tune whose time 0 begins a bar: an upbeat ends a bar of its own."""
    return tune.notes + np.array([(tune.bar - tune.upbeat) % tune.bar, 0, 0])


def true_pieces(settings: Params) -> list[Piece]:
    """The tunes of a rendered corpus, as they were written.

    Raises:
        ConfigError: the corpus is not rendered from tunes.
    """
    import symusic

    sources = corpus.load(settings.corpus).folk()
    if not sources:
        raise ConfigError(
            f"compose.notes: true is for tunes that are known; those of the corpus "
            f"{settings.corpus} are heard: compose.notes=transcribed, transcribe.songs=all"
        )
    found = []
    for recipe in folk.choose_recipes(sources, settings.folk.songs, settings.folk.seed):
        midi, _, _ = perform_recipe(recipe, sources[recipe.region].palette, settings.folk)
        tempo = symusic.Score.from_midi(midi).tempos[0].qpm
        for tune in recipe.tunes:
            if tune.bar in METERS:
                notes = shift_to_bar(tune)
                found.append(Piece(recipe.song, recipe.region, notes, tune.bar, tempo))
    return found


def estimate_tempo(onsets: np.ndarray) -> float:
    """Quarter beats a minute for which onsets [note], seconds, are nearest to sixteenths.

    The largest of a Fourier tempogram over the whole song: P. Grosche and M. Müller, 2011.
    """
    tempos = np.arange(SLOWEST, FASTEST, 0.25)
    angles = 2j * np.pi * onsets[None] * tempos[:, None] / 60 * 4
    return float(tempos[np.abs(np.exp(angles).sum(axis=1)).argmax()])


def cut_passages(heard: np.ndarray, song: str, region: str) -> list[Piece]:
    """A heard song in passages of some bars, on a grid of its own tempo.

    heard: [note, (start, end, pitch, …)], seconds and MIDI numbers.
    """
    heard = heard[(heard[:, 2] >= LOWEST) & (heard[:, 2] <= HIGHEST)].astype(float)
    if len(heard) < FEWEST:
        return []
    beat = 60 / estimate_tempo(heard[:, 0])  # seconds
    phase = np.angle(np.exp(2j * np.pi * heard[:, 0] / beat * 4).sum()) / (2 * np.pi) * beat / 4
    starts = np.round((heard[:, 0] - phase) / beat * GRID) / GRID
    starts -= min(0.0, np.floor(starts.min()))
    lengths = np.maximum(1, np.round((heard[:, 1] - heard[:, 0]) / beat * GRID)) / GRID
    notes = np.stack([starts, lengths, heard[:, 2]], axis=1)
    number = (starts // (PASSAGE * BAR)).astype(int)
    found = []
    for place in np.unique(number):
        own = notes[number == place] - np.array([place * PASSAGE * BAR, 0, 0])
        if len(own) >= FEWEST:
            found.append(Piece(song, region, own, BAR, 60 / beat))
    return found


def transcribed_pieces() -> list[Piece]:
    """Passages of every song that transcribe has heard.

    Raises:
        ConfigError: it has heard none.
    """
    array, places = array_store.open_array(TRANSCRIPTIONS, "notes")
    if not places:
        raise ConfigError(
            "compose.notes: transcribed needs notes: `dvc exp run -S transcribe.songs=all …`"
        )
    songs = tables.SONGS.read().set_index("song")
    return [
        piece
        for song, (_, place) in places.items()
        for piece in cut_passages(array[place], song, songs.loc[song, "region"])
    ]


def pieces_by_part(settings: Params) -> dict[str, list[Piece]]:
    """The pieces of each part of the split: no song has pieces in two."""
    parts = tables.SPLITS.read().set_index("song")["part"]
    pieces = true_pieces(settings) if settings.compose.notes is True else transcribed_pieces()
    found: dict[str, list[Piece]] = {"train": [], "validation": [], "test": [], "unknown": []}
    for piece in pieces:
        if piece.song in parts:
            found[parts[piece.song]].append(piece)
    return found
