"""Decodes any audio file as a stream of mono blocks at the asked sample rate."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
import soxr

from musicregion.errors import Undecodable

BLOCK = 1 << 18  # samples a channel that are decoded at a time
LOUDEST = 16.0  # times full scale; 24 dB above it
# what PyAV may take a file for: containers of one song. FFmpeg also knows lists (HLS, concat),
# which would make it play other files of this machine.
CONTAINERS = {
    "format_whitelist": "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,eac3,flac,flv,matroska,mov,mp3,"
    "mpc,mpc8,mpeg,mpegts,ogg,tta,w64,wav,wv"
}
RATES = 1000, 768_000  # Hz; another one is a damaged header, and a resampler's ruin


def _with_soundfile(path: Path) -> Iterator[tuple[np.ndarray, int]]:
    with soundfile.SoundFile(path) as file:
        # ndarray.mean takes seven times as long over so short an axis
        weights = np.full(file.channels, 1 / file.channels, "float32")
        while len(block := file.read(BLOCK, dtype="float32", always_2d=True)):
            yield block @ weights, file.samplerate


def _with_av(path: Path | str) -> Iterator[tuple[np.ndarray, int]]:
    import av

    # real tags are not always UTF-8
    with av.open(str(path), options=CONTAINERS, metadata_errors="ignore") as container:
        if not container.streams.audio:
            raise Undecodable("it holds no audio")
        layout = None
        for frame in container.decode(container.streams.audio[0]):
            if layout != (layout := (frame.format.name, frame.layout.name, frame.sample_rate)):
                mono = av.AudioResampler(format="fltp", layout="mono")
            for part in mono.resample(frame):
                yield part.to_ndarray()[0], part.sample_rate


def _as_undecodable(blocks: Iterator[tuple[np.ndarray, int]]) -> Iterator[tuple[np.ndarray, int]]:
    """The blocks; whatever goes wrong with them is told as Undecodable.

    Fed with damaged files, both libraries raise whatever their authors did not think of: failed
    assertions, wrong shapes, numbers out of range.
    """
    try:
        yield from blocks
    except Undecodable:
        raise
    except Exception as error:
        # not all of what PyAV says, which ends with the file's path
        reason = getattr(error, "strerror", "") or str(error) or type(error).__name__
        raise Undecodable(f"not readable as audio ({reason})") from error


def _blocks(path: Path) -> Iterator[tuple[np.ndarray, int]]:
    """Mono float32 blocks with their sample rate: soundfile first, PyAV for what it cannot read."""
    try:
        soundfile.info(path)
        reader = _with_soundfile
    except Exception:  # see _told
        reader = _with_av
    yield from _as_undecodable(reader(path))


def decode(path: Path, sample_rate: int) -> Iterator[np.ndarray]:
    """Yield mono float32 blocks [sample] at `sample_rate` Hz, finite numbers only.

    Raises:
        Undecodable: neither soundfile nor PyAV can read the file to its end.
    """
    if not path.stat().st_size:
        raise Undecodable("the file is empty")
    yield from _resampled(_blocks(path), sample_rate)


def decode_stream(address: str, sample_rate: int) -> Iterator[np.ndarray]:
    """As `decode`, from a link or from "pipe:0", standard input, as the sound comes.

    Raises:
        Undecodable: it cannot be opened, or breaks off.
    """
    yield from _resampled(_as_undecodable(_with_av(address)), sample_rate)


def _resampled(blocks: Iterator[tuple[np.ndarray, int]], sample_rate: int) -> Iterator[np.ndarray]:
    resampler, before = None, sample_rate
    for block, rate in blocks:
        if not RATES[0] <= rate <= RATES[1]:
            raise Undecodable(f"damaged: its sample rate is {rate} Hz")
        if rate != before and resampler is not None:  # a stream may change its rate
            yield resampler.resample_chunk(np.empty(0, "float32"), last=True)
            resampler = None
        before = rate
        if not np.abs(block).max(initial=0) <= LOUDEST:  # so also where it is NaN
            block = np.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0)
            block = np.clip(block, -LOUDEST, LOUDEST)  # or the resampler makes NaN of it
        if rate == sample_rate:
            yield block
            continue
        if resampler is None:
            resampler = soxr.ResampleStream(rate, sample_rate, 1, dtype="float32")
        yield resampler.resample_chunk(block)
    if resampler is not None:
        yield resampler.resample_chunk(np.empty(0, "float32"), last=True)
