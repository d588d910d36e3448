"""Instruments to choose from for a region whose corpus names none."""

from musicregion.config.corpus import Palette, Weights


def _palette(melody: str, chords: str, bass: str, figure: str, drums: str) -> Palette:
    """Names separated by commas, the first three times as likely as the others together."""

    def weights(names: str) -> Weights:
        first, *others = names.split(", ")
        return {first: 3} | {name: 1 / len(others) for name in others}

    parts = {"melody": melody, "chords": chords, "bass": bass, "figure": figure, "drums": drums}
    return Palette(**{part: weights(names) for part, names in parts.items()})


PALETTES = {
    "strings": _palette(
        "Violin, Viola, Cello", "String Ensemble 1", "Contrabass, Cello", "block, arpeggio", "none"
    ),
    "woodwinds": _palette(
        "Flute, Oboe, Clarinet", "Orchestral Harp, French Horn", "Bassoon", "arpeggio", "none"
    ),
    "brass": _palette(
        "Trumpet, French Horn", "Brass Section, Trombone", "Tuba", "oompah, block", "march"
    ),
    "piano": _palette(
        "Acoustic Grand Piano", "Acoustic Grand Piano", "Acoustic Grand Piano", "arpeggio", "none"
    ),
    "choir": _palette("Choir Aahs, Voice Oohs", "Church Organ", "Contrabass", "drone", "none"),
    "guitars": _palette(
        "Acoustic Guitar (steel)", "Acoustic Guitar (nylon)", "Acoustic Bass", "arpeggio", "shaker"
    ),
    "rock": _palette(
        "Distortion Guitar, Overdriven Guitar",
        "Electric Guitar (clean), Rock Organ",
        "Electric Bass (pick)",
        "pulse, block",
        "march",
    ),
    "synthesizers": _palette(
        "Lead 2 (sawtooth), Lead 1 (square)",
        "Pad 2 (warm), Pad 4 (choir)",
        "Synth Bass 1",
        "pulse",
        "march",
    ),
    "chips": _palette(
        "Lead 1 (square)", "Lead 1 (square)", "Synth Bass 2", "arpeggio, offbeat", "shaker"
    ),
    "plucked": _palette(
        "Koto, Shamisen, Dulcimer", "Koto, Sitar", "Pizzicato Strings", "arpeggio", "blocks"
    ),
}
