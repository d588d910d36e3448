"""The pieces that compose learns from: tunes as written, or passages of transcribed songs."""

import numpy as np

from musicregion.composition.tokens import MIN_NOTES, Piece
from musicregion.composition.vocabulary import GRID, HIGHEST, LOWEST, METERS
from musicregion.config import corpus
from musicregion.config.params import Params
from musicregion.corpus import folk
from musicregion.corpus.folk_rendering import perform_recipe
from musicregion.errors import ConfigError
from musicregion.features.tonic import score_tonics
from musicregion.rendering.tune import Tune
from musicregion.storage import array_store, tables
from musicregion.storage.paths import TRANSCRIPTIONS

PASSAGE = 8  # bars
BAR = 4.0  # quarter beats, in transcribed songs
SLOWEST, FASTEST = 80, 160  # quarter beats a minute, in transcribed songs


def shift_to_bar(tune: Tune) -> np.ndarray:
    """The notes of a tune, moved so that time 0 begins a bar: an upbeat ends a bar of its own."""
    return tune.notes + np.array([(tune.bar - tune.upbeat) % tune.bar, 0, 0])


def true_pieces(settings: Params) -> list[Piece]:
    """The tunes of a rendered corpus as they were written.

    Raises:
        ConfigError: the corpus is not rendered from tunes.
    """
    import symusic

    chosen = corpus.load(settings.corpus)
    if not chosen.folk():
        raise ConfigError(
            f"compose.notes: true needs a corpus that is rendered from tunes, and "
            f"{settings.corpus} is not. Set compose.notes=transcribed and transcribe.songs=all."
        )
    pieces = []
    for recipe in folk.choose_recipes(chosen, settings.folk.songs, settings.folk.seed):
        midi, _, _ = perform_recipe(recipe, settings.folk)
        tempo = symusic.Score.from_midi(midi).tempos[0].qpm
        region = chosen.belongs.get(recipe.song, recipe.region)
        for tune in recipe.tunes:
            if tune.bar in METERS:
                notes = shift_to_bar(tune)
                tonic = int(notes[-1, 2]) % 12  # as for the accompaniment: the last note
                pieces.append(Piece(recipe.song, region, notes, tune.bar, tempo, tonic))
    return pieces


def estimate_tempo(onsets: np.ndarray) -> float:
    """The tempo, in quarter beats a minute, at which onsets [note] are nearest to sixteenths.

    onsets: seconds. The peak of a Fourier tempogram over the whole song: P. Grosche and M. Müller,
    Extracting Predominant Local Pulse Information from Music Recordings, 2011.
    """
    tempos = np.arange(SLOWEST, FASTEST, 0.25)
    angles = 2j * np.pi * onsets[None] * tempos[:, None] / 60 * 4
    return float(tempos[np.abs(np.exp(angles).sum(axis=1)).argmax()])


def estimate_tonic(notes: np.ndarray) -> int:
    """The tonic, a pitch class, of the key whose profile fits the notes of a piece best."""
    profile = np.bincount(notes[:, 2].astype(int) % 12, notes[:, 1], 12)
    return int(score_tonics(profile[None], np.zeros((1, 12))).argmax())


def cut_passages(transcription: np.ndarray, song: str, region: str) -> list[Piece]:
    """Cut a transcribed song into passages of PASSAGE bars, on the grid of its estimated tempo.

    transcription: [note, (start, end, pitch, …)], seconds and MIDI pitches.
    """
    pitches = transcription[:, 2]
    played = transcription[(pitches >= LOWEST) & (pitches <= HIGHEST)].astype(float)
    if len(played) < MIN_NOTES:
        return []
    onsets = played[:, 0]
    beat = 60 / estimate_tempo(onsets)  # seconds
    phase = np.angle(np.exp(2j * np.pi * onsets / beat * 4).sum()) / (2 * np.pi) * beat / 4
    starts = np.round((onsets - phase) / beat * GRID) / GRID
    starts -= min(0.0, np.floor(starts.min()))
    lengths = np.maximum(1, np.round((played[:, 1] - onsets) / beat * GRID)) / GRID
    notes = np.stack([starts, lengths, played[:, 2]], axis=1)
    passages = (starts // (PASSAGE * BAR)).astype(int)
    pieces = []
    for index in np.unique(passages):
        passage = notes[passages == index] - np.array([index * PASSAGE * BAR, 0, 0])
        if len(passage) >= MIN_NOTES:
            key = estimate_tonic(passage)
            pieces.append(Piece(song, region, passage, BAR, 60 / beat, key))
    return pieces


def transcribed_pieces() -> list[Piece]:
    """Passages of every transcribed song.

    Raises:
        ConfigError: no song is transcribed.
    """
    notes, index = array_store.open_array(TRANSCRIPTIONS, "notes")
    if notes is None or not index:
        raise ConfigError(
            "compose.notes: transcribed needs notes, and no song is transcribed. Run "
            "`dvc exp run -S transcribe.songs=all …`."
        )
    songs = tables.SONGS.read()
    regions = dict(zip(songs["song"], songs["region"], strict=True))
    return [
        piece
        for song, rows in index.items()
        for piece in cut_passages(notes[rows], song, regions[song])
    ]


def pieces_by_part(settings: Params) -> dict[str, list[Piece]]:
    """The pieces of each part of the split: no song has pieces in two."""
    splits = tables.SPLITS.read()
    parts = dict(zip(splits["song"], splits["part"], strict=True))
    pieces = true_pieces(settings) if settings.compose.notes is True else transcribed_pieces()
    result: dict[str, list[Piece]] = {"train": [], "validation": [], "test": [], "unknown": []}
    for piece in pieces:
        if piece.song in parts:
            result[parts[piece.song]].append(piece)
    return result
