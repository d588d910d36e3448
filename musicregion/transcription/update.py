"""Notes of all songs as one array and as MIDI files; no song is transcribed twice."""

from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from musicregion.audio.decode import DECODERS
from musicregion.config.sections import Transcribe
from musicregion.storage import array_store, cache_key, tables
from musicregion.storage.files import prune
from musicregion.storage.paths import BASIC_PITCH_WEIGHTS, MIDI, TRANSCRIPTIONS
from musicregion.transcription.basic_pitch import fetch_weights, transcribe
from musicregion.transcription.midi_files import write_midi


def update_transcriptions(songs: pd.DataFrame, settings: Transcribe) -> np.ndarray:
    """Transcribe songs; returns all notes, [note, (start, end, pitch, strength)], by song.

    songs: rows of songs.csv.

    Raises:
        DownloadError: the network's weights cannot be fetched.
        Undecodable: a song cannot be decoded.
    """
    packages = (*DECODERS, "scipy", "onnxruntime")
    code = cache_key.source_key(settings, [transcribe.__module__], packages)
    keys, items = {}, {}
    for row in songs.to_dict("records"):
        keys[row["song"]] = cache_key.join_keys(code, row["sha256"])
        items[row["song"]] = (Path(row["path"]), settings, BASIC_PITCH_WEIGHTS)
    fetch_weights(BASIC_PITCH_WEIGHTS)
    notes = array_store.write_array(TRANSCRIPTIONS, "notes", keys, transcribe, items, "transcribe")
    write_midi_files(songs, notes)
    return notes


def write_midi_files(songs: pd.DataFrame, notes: np.ndarray) -> None:
    """Write a MIDI file per song, and remove those of other songs."""
    _, rows = array_store.open_array(TRANSCRIPTIONS, "notes")
    paths = set()
    pairs = zip(songs["song"], songs["region"], strict=True)
    for song, region in tqdm(pairs, "midi", len(songs), unit="song"):
        path = MIDI / region / f"{song}.mid"
        write_midi(notes[rows[song]], path)
        paths.add(path)
    prune(MIDI, paths)


def remove_transcriptions() -> None:
    """Leave no notes and no MIDI files, but an empty index, which compose reads."""
    index = tables.array_index(TRANSCRIPTIONS, "notes")
    prune(TRANSCRIPTIONS, {index.path})
    index.write([])
