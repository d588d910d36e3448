"""`python -m stages.transcribe`: the notes of every song, as an array and a MIDI file each.

Heard by Basic Pitch's network, whose weights are fetched once from the Python package index (0.2
MB, known by their hash). Hears no song until transcribe.songs is "all".
"""

from pathlib import Path

from musicregion.command import run
from musicregion.storage.paths import BASIC_PITCH_WEIGHTS, MIDI, TRANSCRIPTIONS
from musicregion.transcription.basic_pitch import fetch_weights, transcribe
from musicregion.transcription.midi_files import write_midi


def main() -> None:
    from tqdm import tqdm

    from musicregion.audio.segmenting import DECODERS
    from musicregion.config import params
    from musicregion.storage import array_store, cache_key, tables
    from musicregion.storage.files import prune

    settings = params.load_for_command(__doc__)
    songs = tables.SONGS.read()
    usable = set(tables.SEGMENTS.read()["song"])
    songs = songs[songs["song"].isin(usable)]
    if settings.transcribe.songs == "none":
        index = tables.array_index(TRANSCRIPTIONS)
        prune(TRANSCRIPTIONS, {index.path})
        index.write([])
        print("transcribe: not wanted, transcribe.songs is none")
        return
    key = cache_key.source_key(
        settings.transcribe, [transcribe.__module__], [*DECODERS, "scipy", "onnxruntime"]
    )
    wanted, items = {}, {}
    for song in songs.itertuples():
        wanted[song.song] = cache_key.join_keys(key, song.sha256)
        items[song.song] = (Path(song.path), settings.transcribe, BASIC_PITCH_WEIGHTS)
    fetch_weights(BASIC_PITCH_WEIGHTS)
    array = array_store.update_array(
        TRANSCRIPTIONS, "notes", wanted, transcribe, items, "transcribe"
    )
    files = set()
    _, places = array_store.open_array(TRANSCRIPTIONS, "notes")
    for song in tqdm(songs.itertuples(), "midi", len(songs), unit="song"):
        path = MIDI / song.region / f"{song.song}.mid"
        write_midi(array[places[song.song][1]], path)
        files.add(path)
    prune(MIDI, files)
    print(f"transcribe: {len(array)} notes of {len(wanted)} songs, MIDI files in {MIDI}")


if __name__ == "__main__":
    run(main)
