"""Accompanies chords, one a bar: voices that move as little as they can, and a bass that leads on.

Nearest inversions and passing notes in steps are the voice leading of textbooks of harmony.
"""

from itertools import pairwise

from musicregion.composition.perform import shift_notes
from musicregion.errors import ConfigError
from musicregion.generation.harmony import DOMINANT, SUPERTONIC, Chord
from musicregion.generation.tonality import Tonality
from musicregion.rendering.arrange import FIGURES
from musicregion.rendering.orchestrate import Notes

CENTRE = 61  # MIDI pitch that chords lie around
LOWEST, HIGHEST = 33, 50  # MIDI pitches of the bass
CHORD, BASS, STEP = 74, 84, 78  # velocities of chords, of the bass, and of its step to the next bar
SHORT = 0.55  # quarter beats of a chord after the beat
FIFTHS = ("oompah", "offbeat", "pulse")  # figures whose bass alternates root and fifth


def voice_chord(chord: Chord, before: list[int]) -> list[int]:
    """The pitches of a chord, ascending, in the inversion nearest to those before, if any."""
    inversions = []
    for lowest in range(CENTRE - 9, CENTRE + 3):
        above = [pitch for pitch in range(lowest, lowest + 12) if pitch % 12 in chord.pitch_classes]
        if above[0] == lowest:
            inversions.append(above)
    earlier = before or [CENTRE - 4, CENTRE, CENTRE + 4]

    def movement(pitches: list[int]) -> int:
        return sum(abs(new - old) for new, old in zip(pitches, earlier, strict=True))

    return min(inversions, key=movement)


def drone_voices(chord: Chord, tonality: Tonality) -> list[int]:
    """The tonic and its fifth, which stay while chords change; at dominants theirs."""
    leaves = chord.degree in (DOMINANT, SUPERTONIC)
    root = chord.root if leaves else tonality.tonic
    low = CENTRE - 9 + (root - CENTRE + 9) % 12
    return [low, low + 7]


def play_figure(figure: str, voices: list[int], bar: float) -> Notes:
    """The chord notes of a bar that starts at 0.

    figure: a name of rendering.arrange.FIGURES. voices: pitches. bar: quarter beats.

    Raises:
        ConfigError: there is no such figure.
    """
    eighths = [0.5 * step for step in range(max(2, round(bar * 2)))]
    match figure:
        case "drone" | "block":
            return [(0, bar, voice, CHORD) for voice in voices]
        case "oompah":
            beat = 1.5 if bar % 1.5 == 0 and bar != 3.0 else min(1.0, bar / 2)
            after = [beat * step for step in range(1, round(bar / beat))] or [bar / 2]
            return [(start, SHORT, voice, CHORD) for start in after for voice in voices]
        case "arpeggio":
            order = [*voices, voices[1]]
            return [(start, 0.5, order[i % 4], CHORD) for i, start in enumerate(eighths)]
        case "offbeat":
            return [(start, 0.25, voice, CHORD) for start in eighths[1::2] for voice in voices]
        case "pulse":
            return [(start, 0.4, voices[i % 2], CHORD) for i, start in enumerate(eighths)]
    raise ConfigError(f"figure {figure!r} is not one of {', '.join(FIGURES)}")


def bass_pitch(pitch_class: int, before: int) -> int:
    """The pitch of this class in the bass that is nearest to the one before."""
    pitches = [pitch for pitch in range(LOWEST, HIGHEST + 1) if pitch % 12 == pitch_class]
    return min(pitches, key=lambda pitch: abs(pitch - before))


def step_towards(target: int, before: int, tonality: Tonality) -> int:
    """The pitch of the scale beside `target`, on the side of `before` unless that is `before`."""
    side = 1 if before > target else -1
    beside = [
        next(p for p in range(target + step, target + 4 * step, step) if p % 12 in tonality.scale)
        for step in (side, -side)
    ]
    return beside[beside[0] == before]


def play_bass(
    figure: str, chord: Chord, following: Chord, bar: float, before: int, tonality: Tonality
) -> Notes:
    """The bass notes of a bar that starts at 0: its root, its third or fifth, and a step to the
    root of the next bar.

    following: the next bar's chord. before: the last pitch.
    """
    root = bass_pitch(chord.root, before)
    fifth = root + 7 if root + 7 <= HIGHEST else root - 5
    target = bass_pitch(following.root, root)
    step = fifth if target == root else step_towards(target, root, tonality)
    if bar < 1.5:
        return [(0, bar, root, BASS)]
    last = 1.0 if bar >= 3 else 0.5  # quarter beats of the step
    if bar < 3 or figure == "drone":
        return [(0, bar - last, root, BASS), (bar - last, last, step, STEP)]
    middle = 1.0 if bar == 3 else bar / 2
    second = fifth if figure in FIFTHS else root + chord.third
    return [
        (0, middle, root, BASS),
        (middle, bar - last - middle, second, STEP),
        (bar - last, last, step, STEP),
    ]


def accompany(
    figure: str, chords: list[Chord], bar: float, tonality: Tonality, ends: bool
) -> tuple[Notes, Notes]:
    """The chord notes and the bass notes of bars, the first of which starts at 0.

    chords: of each bar. ends: the song ends with the last bar, in which all notes are held.
    """
    upper: Notes = []
    bass: Notes = []
    voices: list[int] = []
    low = (LOWEST + HIGHEST) // 2
    for index, (chord, following) in enumerate(pairwise([*chords, chords[0]])):
        voices = voice_chord(chord, voices)
        if ends and index == len(chords) - 1:
            played: Notes = [(0, bar, voice, CHORD) for voice in voices]
            line: Notes = [(0, bar, bass_pitch(chord.root, low), BASS)]
        else:
            sounding = drone_voices(chord, tonality) if figure == "drone" else voices
            played = play_figure(figure, sounding, bar)
            line = play_bass(figure, chord, following, bar, low, tonality)
        low = line[-1][2]
        upper += shift_notes(played, index * bar)
        bass += shift_notes(line, index * bar)
    return upper, bass
