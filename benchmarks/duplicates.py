"""`python -m benchmarks.duplicates`: does the fingerprint find copies, and nothing else?

Every song of data/raw (`dvc repro` makes it, from corpora/folk.yaml) is copied in eight ways; the
fingerprint compares all of them. A pair of a song and its copy, or of two copies of one song, is to
be found, any other pair is not. Then the pairs within data/corpora/games (`make games`).
"""

import json
import tempfile
from itertools import combinations
from pathlib import Path

import av
import numpy as np
import pandas as pd
import soundfile

from musicregion.audio import landmarks
from musicregion.audio.files import AUDIO
from musicregion.audio.segmenting import segment_or_reason
from musicregion.compute import parallel
from musicregion.config import params, sections
from musicregion.errors import InputError
from musicregion.storage import tables

RESULT = Path("benchmarks/results/duplicates.json")
GAMES = Path("data/corpora/games")
SHARES = [0.01, 0.02, 0.04, 0.08, 0.16]


def encode(wave: np.ndarray, rate: int, path: Path, codec: str, bits: int) -> None:
    """Write [sample] with one of FFmpeg's lossy encoders; bits a second."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.bit_rate, stream.layout = bits, "mono"
        frame = av.AudioFrame.from_ndarray(wave[None].astype("float32"), "fltp", "mono")
        frame.rate = rate
        size = stream.codec_context.frame_size or 1024
        resampler = av.AudioResampler(stream.format.name, "mono", rate, frame_size=size)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))


def copy(source: Path, kind: str, folder: Path) -> Path:
    """One of the song's copies, as a file."""
    wave, rate = soundfile.read(source, dtype="float32")
    trimmed = wave[round(7.013 * rate) : -round(4.5 * rate)]
    match kind:
        case "MP3 64 kbit/s":
            encode(wave, rate, path := folder / "mp3.mp3", "mp3", 64_000)
        case "Opus 32 kbit/s":
            encode(wave, rate, path := folder / "opus.webm", "libopus", 32_000)
        case "AAC 64 kbit/s":
            encode(wave, rate, path := folder / "aac.m4a", "aac", 64_000)
        case "trimmed":
            soundfile.write(path := folder / "trimmed.flac", trimmed, rate)
        case "looped":
            loop = np.concatenate([wave, wave, wave[: len(wave) // 2]])
            soundfile.write(path := folder / "looped.flac", loop, rate)
        case "12 dB softer":
            soundfile.write(path := folder / "softer.flac", wave * 0.25, rate)
        case "6 dB louder, clipped":
            soundfile.write(path := folder / "louder.flac", np.clip(wave * 2, -1, 1), rate)
        case "trimmed, softer, MP3 48":
            encode(trimmed * 0.25, rate, path := folder / "all.mp3", "mp3", 48_000)
    return path


KINDS = ["MP3 64 kbit/s", "Opus 32 kbit/s", "AAC 64 kbit/s", "trimmed", "looped"]
KINDS += ["12 dB softer", "6 dB louder, clipped", "trimmed, softer, MP3 48"]


def marks(source: Path, kind: str, settings: sections.Segment) -> np.ndarray:
    """Landmarks of a song or of its copy, by the same way as the pipeline: cut, then read."""
    with tempfile.TemporaryDirectory() as folder:
        path = copy(source, kind, Path(folder)) if kind else source
        target = Path(folder, "song.flac")
        rows = segment_or_reason(path, target, settings)
        if isinstance(rows, str):
            raise InputError(f"{path}: {rows}")
        return landmarks.extract_landmarks(target)


def judge(found: pd.DataFrame, songs: np.ndarray, kinds: np.ndarray) -> list[dict]:
    """Precision and recall over all pairs, and recall by kind of copy, for several shares.

    songs, kinds: [file]; the kind of an original is "".
    """
    truth = {
        (a, b)
        for song in np.unique(songs)
        for a, b in combinations(np.flatnonzero(songs == song).tolist(), 2)
    }
    rows = []
    for share in SHARES:
        near = found[found["share"] >= share]
        pairs = {tuple(sorted(pair)) for pair in zip(near["a"], near["b"], strict=True)}
        row = {"share": share, "precision": len(pairs & truth) / len(pairs)}
        row["recall"] = len(pairs & truth) / len(truth)
        for kind in KINDS:
            own = {(a, b) for a, b in truth if {kinds[a], kinds[b]} == {"", kind}}
            row[kind] = len(pairs & own) / len(own)
        rows.append(row)
    return rows


def main() -> None:
    settings = params.load()
    table = tables.SONGS.read()
    files = [Path(path) for path in table.loc[table["status"] == "ok", "path"]]
    items = [(path, kind, settings.segment) for path in files for kind in ["", *KINDS]]
    prints = list(parallel.map_songs(marks, items, "folk and copies"))
    found = landmarks.match_landmarks(prints)
    songs = np.array([path.stem for path, _, _ in items])
    kinds = np.array([kind for _, kind, _ in items])
    rows = judge(found, songs, kinds)
    wrong = found[songs[found["a"]] != songs[found["b"]]]["share"].max()
    result = {"corpus": settings.corpus, "songs": len(files), "files": len(items)}
    result |= {"largest_share_of_a_wrong_pair": round(float(wrong), 4), "shares": rows}
    print(pd.DataFrame(rows).set_index("share").T.round(4).to_string())
    print(f"largest share of a wrong pair: {wrong:.4f}")

    games = sorted(path for path in GAMES.rglob("*") if path.suffix in AUDIO)
    if games:
        work = ((path, "", settings.segment) for path in games)
        near = landmarks.match_landmarks(list(parallel.map_songs(marks, work, "games")))
        near = near[near["share"] >= SHARES[0] / 2].sort_values("share", ascending=False)
        result["games"] = [
            {"a": str(games[row.a].relative_to(GAMES)), "b": str(games[row.b].relative_to(GAMES))}
            | {"share": round(row.share, 4)}
            for row in near.itertuples()
        ]
        print(pd.DataFrame(result["games"]).to_string(index=False))
    RESULT.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    import benchmarks.duplicates

    benchmarks.duplicates.main()  # by this name, for worker processes to import
