"""Arranges the tunes of a new song: sections that grow, an accompaniment that follows the harmony,
a bass that moves, and now and then a second voice.

The rendered corpora are arranged by rendering.arrange, and stay as they are.
"""

import numpy as np

from musicregion.composition.perform import shift_notes
from musicregion.config.corpus import Palette
from musicregion.generation.accompaniment import accompany
from musicregion.generation.harmony import choose_chords
from musicregion.generation.order import Piece
from musicregion.generation.second_voice import add_second_voice
from musicregion.generation.sections import measure_shape, plan_sections
from musicregion.generation.tonality import Tonality
from musicregion.rendering.orchestrate import PARTS, Notes, choose_weighted, drum_bar

VOICES = (*PARTS, "second")  # of a new song
MELODY = 96  # velocity
SOFTEST, LOUDEST = 0.75, 1.1  # of the first and the last section, times the velocity
DOWNBEAT = 1.06  # times the velocity
SECOND_VOICE = 0.5  # share of the playings of a tune after its first that have one


def lay_out_section(
    tune: Piece, first: int, key: Tonality, figure: str, drums: str, ends: bool, second: bool
) -> dict[str, Notes]:
    """The notes of one playing, by a name of VOICES; the tune's first bar starts at 0.

    first: bar that is played first. ends: the song ends with this playing, and its last notes are
    held. second: with a second voice.
    """
    notes, bar = tune
    shape, chords = measure_shape(notes, bar), choose_chords(notes, bar, key)
    melody = notes[notes[:, 0] >= first * bar]
    if ends and len(melody):
        melody = melody.copy()
        melody[-1, 1] = shape.bars * bar - melody[-1, 0]
    full = max(first, shape.upbeat)  # the first bar that is accompanied
    upper, bass = accompany(figure, chords[full:], bar, key, ends)
    bars = range(full, shape.bars)
    beats = [note for i in bars for note in shift_notes(drum_bar(drums, bar), i * bar)]
    return {
        "melody": [(start, 0.95 * length, int(pitch), MELODY) for start, length, pitch in melody],
        "chords": shift_notes(upper, full * bar),
        "bass": shift_notes(bass, full * bar),
        "drums": beats,
        "second": add_second_voice(melody, chords, bar, key) if second else [],
    }


def arrange_tunes(
    tunes: list[Piece], key: Tonality, palette: Palette, beats: float, random: np.random.Generator
) -> tuple[dict[str, Notes], float]:
    """The notes of a song by a name of VOICES, and its length: about `beats` quarter beats.

    Raises:
        ConfigError: the palette names an unknown figure or drum pattern.
    """
    figure, drums = (choose_weighted(names, random) for names in (palette.figure, palette.drums))
    sections, length = plan_sections([measure_shape(*tune) for tune in tunes], beats)
    parts: dict[str, Notes] = {voice: [] for voice in VOICES}
    for number, section in enumerate(sections, 1):
        tune = tunes[section.piece]
        _, bar = tune
        second = section.again and random.random() < SECOND_VOICE
        ends = number == len(sections)
        level = SOFTEST + (LOUDEST - SOFTEST) * number / len(sections)
        playing = lay_out_section(tune, section.first, key, figure, drums, ends, second)
        for voice, notes in playing.items():
            for start, duration, pitch, velocity in notes:
                accent = DOWNBEAT if start % bar == 0 else 1
                loudness = round(velocity * level * accent)
                parts[voice].append((section.start + start, duration, pitch, loudness))
    return parts, length
