"""`python -m stages.transcribe`: the notes of every song, as one array and a MIDI file per song.

Transcribes with Basic Pitch's network, whose weights (0.2 MB) are fetched once from the Python
package index. Transcribes nothing unless transcribe.songs is "all".
"""

from musicregion.command import run
from musicregion.config import params
from musicregion.storage import tables
from musicregion.storage.paths import MIDI
from musicregion.transcription.update import remove_transcriptions, update_transcriptions


def main() -> None:
    settings = params.load_for_command(__doc__).transcribe
    if settings.songs == "none":
        remove_transcriptions()
        return
    songs = tables.SONGS.read()
    songs = songs[songs["song"].isin(tables.SEGMENTS.read()["song"])]
    notes = update_transcriptions(songs, settings)
    print(f"transcribe: {len(notes)} notes of {len(songs)} songs, MIDI files in {MIDI}")


if __name__ == "__main__":
    run(main)
