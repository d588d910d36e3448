"""What visitors' microphones sent last: few visitors at once, a few seconds of each.

The browser sends a WAV file every second. It is read without a decoder, so that whatever a visitor
sends in its place is at worst refused.
"""

import time
import wave
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from app.page.requests import Refused

if TYPE_CHECKING:
    from musicregion.inference.predict_window import WindowPrediction

PredictSamples = Callable[[np.ndarray, int], "WindowPrediction"]  # int16 [sample], and Hz
VISITORS = 4  # at once
EVERY = 1  # seconds between two predictions
WAIT = 0.5  # seconds for a prediction; the next file must not overtake it
IDLE = 5  # seconds without sound until a visitor's place is free
RATES = 8000, 192_000  # Hz
LONGEST = 5  # seconds of a file that are read
UNREADABLE = "The page cannot read what this browser sends as sound."


def read_wav(path: Path) -> tuple[int, np.ndarray]:
    """Sample rate (Hz) and int16 [sample] of a WAV file with 16 bits a sample.

    Raises:
        Refused: it is none.
        FileNotFoundError: there is no file.
    """
    try:
        with wave.open(str(path)) as file:
            rate, channels = file.getframerate(), file.getnchannels()
            if file.getsampwidth() != 2 or not RATES[0] <= rate <= RATES[1] or channels > 2:
                raise Refused(UNREADABLE)
            data = file.readframes(LONGEST * rate)
    except (wave.Error, EOFError):
        raise Refused(UNREADABLE) from None
    samples = np.frombuffer(data[: len(data) // (2 * channels) * 2 * channels], "<i2")
    return rate, samples.reshape(-1, channels).mean(axis=1).astype("int16")


@dataclass
class Visitor:
    """What is kept of a visitor."""

    rate: int = 0  # Hz
    samples: np.ndarray = field(default_factory=lambda: np.empty(0, "int16"))  # the last ones
    fresh: int = 0  # samples since the last window was predicted
    seen: float = 0  # monotonic seconds
    prediction: Future | None = None  # that is being made


class LiveVisitors:
    """The visitors that are listening, by session. Their windows are predicted in turn."""

    def __init__(self, predict: PredictSamples, window: float) -> None:
        """window: seconds that are kept of each visitor, and predicted."""
        self.predict, self.window = predict, window
        self.visitors: dict[str, Visitor] = {}
        self.lock = Lock()
        self.pool = ThreadPoolExecutor(1)

    def listen(self, session: str, file: Path) -> "WindowPrediction | None":
        """Take what a visitor's microphone sent, a WAV file.

        Every second of sound, the window is predicted. The prediction is returned, or if others
        keep it waiting, with a later file.

        Raises:
            Refused: too many visitors are listening, the file cannot be read, or a prediction has
                failed.
            FileNotFoundError: there is no file.
        """
        with self.lock:
            visitor = self.place(session)
            rate, samples = read_wav(file)
            if visitor.rate != rate:  # another microphone
                visitor.rate, visitor.samples, visitor.fresh = rate, samples[:0], 0
            visitor.samples = np.concatenate([visitor.samples, samples])
            visitor.samples = visitor.samples[-round(self.window * rate) :]
            visitor.fresh += len(samples)
            if visitor.prediction is None and visitor.fresh >= EVERY * rate:
                visitor.fresh %= EVERY * rate
                visitor.prediction = self.pool.submit(self.predict, visitor.samples, rate)
            begun = visitor.prediction
        if begun is None or begun not in wait([begun], WAIT).done:
            return None
        visitor.prediction = None
        return begun.result()

    def place(self, session: str) -> Visitor:
        """What is kept of a visitor, who may be new.

        Raises:
            Refused: too many visitors are listening.
        """
        now = time.monotonic()
        self.visitors = {
            name: visitor for name, visitor in self.visitors.items() if now - visitor.seen <= IDLE
        }
        if session not in self.visitors and len(self.visitors) >= VISITORS:
            raise Refused(
                f"{VISITORS} visitors are listening, as many as this page has room for. Your turn "
                "comes as soon as one of them stops."
            )
        visitor = self.visitors.setdefault(session, Visitor())
        visitor.seen = now
        return visitor

    def remove(self, session: str) -> None:
        """Forget a visitor."""
        with self.lock:
            self.visitors.pop(session, None)
