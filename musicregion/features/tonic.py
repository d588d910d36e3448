"""Follows the tonic through a song, in steps of a few seconds.

Profiles of pitch classes are compared with those that listeners gave for major and minor keys
(C. Krumhansl, Cognitive Foundations of Musical Pitch, 1990), the bass counts as well, and the best
path through the song is Viterbi's, as in the key tracking of S. Pauws (Musical key extraction from
audio, ISMIR 2004) and later work.
"""

import numpy as np

from musicregion.audio.rounding import round_to

PROFILES = (  # stability of each pitch class above the tonic
    (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),  # major
    (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),  # minor
)
STEP_S, CONTEXT = 5.0, 1  # seconds, and steps at each side whose notes count as well
LONGEST = 2.0  # seconds of a note that count
CHANGE = 0.6  # what a change of tonic costs, in units of the score
BASS_TONIC, BASS_FIFTH = 0.7, 0.3  # weights of the bass's share of these notes
ROUNDING = 2.0**-20  # of scores, see rounding


def pitch_class_profiles(
    notes: np.ndarray, steps: np.ndarray, count: int, longest: float
) -> np.ndarray:
    """Frames that each pitch class sounds, [step, 12].

    notes: [note, (start, end, pitch)]; steps: of each note; longest: frames of a note that count.
    """
    profiles = np.zeros((count, 12))
    np.add.at(profiles, (steps, notes[:, 2] % 12), np.minimum(notes[:, 1] - notes[:, 0], longest))
    return profiles


def score_tonics(profiles: np.ndarray, bass: np.ndarray) -> np.ndarray:
    """How well each pitch class fits as the tonic, [step, 12].

    profiles: of all notes, bass: of the lowest ones; [step, 12].
    """
    rotations = (np.arange(12)[:, None] + np.arange(12)) % 12  # [tonic, pitch class above it]
    heights = np.sqrt(profiles)[:, rotations]  # [step, tonic, 12]
    heights = heights - heights.mean(axis=2, keepdims=True)
    heights /= np.sqrt((heights**2).sum(axis=2, keepdims=True)) + 1e-9
    templates = np.array(PROFILES) - np.mean(PROFILES, axis=1, keepdims=True)
    templates /= np.sqrt((templates**2).sum(axis=1, keepdims=True))
    fit = np.einsum("stp,kp->stk", heights, templates).max(axis=2)
    share = bass / (bass.sum(axis=1, keepdims=True) + 1e-9)
    scores = fit + BASS_TONIC * share + BASS_FIFTH * np.roll(share, -7, axis=1)
    return round_to(scores, ROUNDING)


def best_path(scores: np.ndarray) -> np.ndarray:
    """The tonic of each step, int [step], with the largest sum of scores less CHANGE a change."""
    total, arrivals = scores[0], []
    for score in scores[1:]:
        best = total.argmax()
        moves = total < total[best] - CHANGE
        arrivals.append(np.where(moves, best, np.arange(12)))
        total = np.where(moves, total[best] - CHANGE, total) + score
    path = [int(total.argmax())]
    for arrival in reversed(arrivals):
        path.append(int(arrival[path[-1]]))
    return np.array(path[::-1])


def estimate_tonics(notes: np.ndarray, bass: np.ndarray, frame: float) -> np.ndarray:
    """The tonic of each step of STEP_S seconds, pitch classes, int [step].

    notes, bass: int [note, (start, end, pitch)]; frame: seconds.
    """
    count = 1 + int(notes[:, 0].max(initial=0) * frame / STEP_S)
    profiles = [
        pitch_class_profiles(voice, step_of(voice[:, 0], frame), count, LONGEST / frame)
        for voice in (notes, bass)
    ]
    return best_path(score_tonics(*map(sum_around, profiles)))


def sum_around(profiles: np.ndarray) -> np.ndarray:
    """Of each step, the sum of itself and of CONTEXT steps at each side, [step, 12]."""
    padded = np.pad(profiles, ((CONTEXT, CONTEXT), (0, 0)))
    summed: np.ndarray = np.lib.stride_tricks.sliding_window_view(
        padded, 2 * CONTEXT + 1, axis=0
    ).sum(axis=2)
    return summed


def step_of(frames: np.ndarray, frame: float) -> np.ndarray:
    """The step in which each frame is."""
    return (frames * frame / STEP_S).astype(int)
