"""Arranges melodies as a song: accompaniment, bass and percussion, as MIDI notes."""

import numpy as np

from musicregion.config.corpus import Palette
from musicregion.errors import ConfigError
from musicregion.rendering.orchestrate import Notes, choose_weighted, drum_bar, orchestrate
from musicregion.rendering.tune import Tune

REGION_KEEPS_FIGURE = 0.8  # share of songs that take their accompaniment from the region
FIGURES = ("drone", "oompah", "arpeggio", "block", "offbeat", "pulse")


def fit_chord(tune: Tune, start: float) -> tuple[int, ...]:
    """The triad, as pitch classes, that fits the bar which begins at `start` (quarter beats).

    The tune's last note counts as its tonic.
    """
    tonic = int(tune.notes[-1, 2]) % 12
    profile = np.zeros(12)  # quarter beats of each pitch class
    np.add.at(profile, tune.notes[:, 2].astype(int) % 12, tune.notes[:, 1])
    third = 3 if profile[(tonic + 3) % 12] > profile[(tonic + 4) % 12] else 4
    chords = [
        tuple((tonic + step) % 12 for step in steps)
        for steps in ((0, third, 7), (5, 5 + third, 12), (7, 11, 14), (9, 12, 16))
    ]
    in_bar = (tune.notes[:, 0] >= start) & (tune.notes[:, 0] < start + tune.bar)
    bar_profile = np.zeros(12)
    np.add.at(bar_profile, tune.notes[in_bar, 2].astype(int) % 12, tune.notes[in_bar, 1])
    return max(chords, key=lambda chord: sum(bar_profile[pitch] for pitch in chord))


def accompany_bar(
    figure: str, chord: tuple[int, ...], tonic: int, bar: float
) -> tuple[Notes, Notes]:
    """The chord notes and the bass notes of one bar that starts at 0.

    figure: a name of FIGURES. chord: pitch classes. tonic: pitch class. bar: quarter beats.

    Raises:
        ConfigError: there is no such figure.
    """
    low, high = 36, 55
    root = low + (chord[0] - low) % 12
    voices = [high + (pitch - high) % 12 for pitch in chord]
    half = bar / 2
    eighths = [0.5 * step for step in range(max(2, round(bar * 2)))]
    match figure:
        case "drone":
            drone = high + (tonic - high) % 12
            return [(0, bar, drone, 80), (0, bar, drone + 7, 70)], [(0, bar, drone - 12, 80)]
        case "oompah":
            return [(half, half * 0.6, voice, 76) for voice in voices], [(0, half, root, 90)]
        case "arpeggio":
            order = [voices[i % 3] + 12 * (i % 4 == 3) for i in range(len(eighths))]
            return [(start, 0.5, voice, 74) for start, voice in zip(eighths, order, strict=True)], [
                (0, bar, root, 80)
            ]
        case "block":
            return [(0, bar, voice, 76) for voice in voices], [(0, half, root, 84)]
        case "offbeat":
            return [(start, 0.25, voice, 78) for start in eighths[1::2] for voice in voices], [
                (start, 0.5, root, 84) for start in eighths[::2]
            ]
        case "pulse":
            return [(start, 0.4, voices[0], 70) for start in eighths], [
                (start, 0.45, root, 84) for start in eighths[::2]
            ]
    raise ConfigError(f"figure {figure!r} is not one of {', '.join(FIGURES)}")


def lay_out_tunes(
    tunes: tuple[Tune, ...], figure: str, drums: str, length: float, register: int
) -> dict[str, Notes]:
    """The parts of a song, by a name of PARTS, at least `length` quarter beats long.

    Each tune is played twice, and after the last tune the first follows again. register: the MIDI
    number that the melody's mean pitch is moved near to, by octaves.
    """
    parts: dict[str, Notes] = {"melody": [], "chords": [], "bass": [], "drums": []}
    now, repetition = 0.0, 0
    while now < length:
        tune = tunes[repetition // 2 % len(tunes)]
        shift = 12 * round((register - tune.notes[:, 2].mean()) / 12)
        for start, beats, pitch in tune.notes:
            parts["melody"].append((now + start, beats * 0.95, int(pitch) + shift, 96))
        end = (tune.notes[:, 0] + tune.notes[:, 1]).max()
        for bar in np.arange(tune.upbeat, end, tune.bar):
            chord = fit_chord(tune, bar)
            chords, bass = accompany_bar(figure, chord, int(tune.notes[-1, 2]) % 12, tune.bar)
            for name, notes in (("chords", chords), ("bass", bass)):
                parts[name] += [(now + bar + s, d, pitch, v) for s, d, pitch, v in notes]
            parts["drums"] += [(now + bar + s, *rest) for s, *rest in drum_bar(drums, tune.bar)]
        now += tune.bar * np.ceil(end / tune.bar)
        repetition += 1
    return parts


def arrange(
    tunes: tuple[Tune, ...],
    palette: Palette,
    seconds: float,
    random: np.random.Generator,
    tempo: float | None = None,
) -> bytes:
    """A standard MIDI file of a song that lasts `seconds`, with instruments from the palette.

    tempo: quarter beats a minute; None: random.

    Raises:
        ConfigError: the palette names an unknown figure, drum pattern or instrument.
    """
    from_region = random.random() < REGION_KEEPS_FIGURE
    figure = choose_weighted(palette.figure, random) if from_region else str(random.choice(FIGURES))
    gaps = np.concatenate([np.diff(tune.notes[:, 0]) for tune in tunes])
    # 2.2 to 5 notes a second; drawn in any case, so that a given tempo changes no later draw
    random_tempo = 60 * np.median(gaps[gaps > 0]) * random.uniform(2.2, 5.0)
    tempo = tempo or float(random_tempo)
    beats = seconds * tempo / 60
    parts = lay_out_tunes(
        tunes, figure, choose_weighted(palette.drums, random), beats, int(random.integers(64, 79))
    )
    return orchestrate(parts, palette, tempo, beats, random)
