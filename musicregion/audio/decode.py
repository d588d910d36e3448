"""Decodes any audio file as a stream of mono blocks at a given sample rate."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import soundfile
import soxr

from musicregion.errors import Undecodable

DECODERS = ("numpy", "soundfile", "av", "soxr")  # packages whose versions decide the samples
BLOCK = 1 << 18  # samples a channel that are decoded at a time
LOUDEST = 16.0  # times full scale; 24 dB above it
# the formats that PyAV may read: containers of one song. FFmpeg also reads playlists (HLS, concat),
# which would make it open other files of this machine.
CONTAINERS = {
    "format_whitelist": "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,eac3,flac,flv,matroska,mov,mp3,"
    "mpc,mpc8,mpeg,mpegts,ogg,tta,w64,wav,wv"
}
RATES = 1000, 768_000  # Hz; others come from damaged headers, and break the resampler
# called with each block as it is in the file, float32 [sample, channel], and its sample rate (Hz)
Observe = Callable[[np.ndarray, int], None]


def _with_soundfile(path: Path, observe: Observe | None) -> Iterator[tuple[np.ndarray, int]]:
    with soundfile.SoundFile(path) as file:
        # ndarray.mean takes seven times as long over so short an axis
        weights = np.full(file.channels, 1 / file.channels, "float32")
        while len(block := file.read(BLOCK, dtype="float32", always_2d=True)):
            if observe:
                observe(block, file.samplerate)
            yield block @ weights, file.samplerate


def _with_av(path: Path | str, observe: Observe | None = None) -> Iterator[tuple[np.ndarray, int]]:
    import av

    # real tags are not always UTF-8
    with av.open(str(path), options=CONTAINERS, metadata_errors="ignore") as container:
        if not container.streams.audio:
            raise Undecodable("it holds no audio")
        layout = None
        for frame in container.decode(container.streams.audio[0]):
            if layout != (layout := (frame.format.name, frame.layout.name, frame.sample_rate)):
                mono = av.AudioResampler(format="fltp", layout="mono")
                every_channel = av.AudioResampler(format="fltp", layout=frame.layout)
            if observe:
                for part in every_channel.resample(frame):
                    observe(part.to_ndarray().T, part.sample_rate)
            for part in mono.resample(frame):
                yield part.to_ndarray()[0], part.sample_rate


def _as_undecodable(blocks: Iterator[tuple[np.ndarray, int]]) -> Iterator[tuple[np.ndarray, int]]:
    """The blocks; any error of the decoder is raised as Undecodable.

    On damaged files both libraries raise exceptions of any class: failed assertions, wrong shapes,
    numbers out of range.
    """
    try:
        yield from blocks
    except Undecodable:
        raise
    except Exception as error:
        # strerror first: PyAV's whole message ends with the file's path
        reason = getattr(error, "strerror", "") or str(error) or type(error).__name__
        raise Undecodable(f"not readable as audio ({reason})") from error


def _blocks(path: Path, observe: Observe | None) -> Iterator[tuple[np.ndarray, int]]:
    """Mono float32 blocks with their sample rate; from PyAV if soundfile cannot open the file."""
    try:
        soundfile.info(path)
        reader = _with_soundfile
    except Exception:  # of any class, see _as_undecodable
        reader = _with_av
    yield from _as_undecodable(reader(path, observe))


def decode(path: Path, sample_rate: int, observe: Observe | None = None) -> Iterator[np.ndarray]:
    """Yield mono float32 blocks [sample] at `sample_rate` Hz; all numbers are finite.

    observe: is called with what the file contains, which may not be finite.

    Raises:
        Undecodable: neither soundfile nor PyAV can read the file to its end.
        OSError: there is no such file.
    """
    if not path.stat().st_size:
        raise Undecodable("the file is empty")
    yield from _resampled(_blocks(path, observe), sample_rate)


def decode_stream(address: str, sample_rate: int) -> Iterator[np.ndarray]:
    """Decode a link, or standard input ("pipe:0"), while the data arrive; blocks as of `decode`.

    Raises:
        Undecodable: the stream cannot be opened, or breaks off.
    """
    yield from _resampled(_as_undecodable(_with_av(address)), sample_rate)


def _resampled(blocks: Iterator[tuple[np.ndarray, int]], sample_rate: int) -> Iterator[np.ndarray]:
    resampler, previous_rate = None, sample_rate
    for block, rate in blocks:
        if not RATES[0] <= rate <= RATES[1]:
            raise Undecodable(f"damaged: its sample rate is {rate} Hz")
        if rate != previous_rate and resampler is not None:  # a stream may change its rate
            yield resampler.resample_chunk(np.empty(0, "float32"), last=True)
            resampler = None
        previous_rate = rate
        if not np.abs(block).max(initial=0) <= LOUDEST:  # true of NaN as well
            block = np.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0)
            block = np.clip(block, -LOUDEST, LOUDEST)  # larger numbers become NaN in the resampler
        if rate == sample_rate:
            yield block
            continue
        if resampler is None:
            resampler = soxr.ResampleStream(rate, sample_rate, 1, dtype="float32")
        yield resampler.resample_chunk(block)
    if resampler is not None:
        yield resampler.resample_chunk(np.empty(0, "float32"), last=True)
