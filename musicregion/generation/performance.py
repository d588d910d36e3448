"""Makes a MIDI file of composed pieces: chooses key and tempo, and has them arranged."""

import numpy as np
import symusic

from musicregion.composition import novelty, perform
from musicregion.config.corpus import Palette
from musicregion.generation.arrangement import arrange_tunes
from musicregion.generation.orchestration import orchestrate_song
from musicregion.generation.order import Order, Piece
from musicregion.generation.transposition import transpose_pieces
from musicregion.rendering.orchestrate import choose_weighted
from musicregion.rendering.synthesis import FADE


def perform_song(
    pieces: list[Piece],
    one_voice: bool,
    order: Order,
    palette: Palette,
    tempo: float,
    random: np.random.Generator,
) -> tuple[bytes, list[Piece], float]:
    """A standard MIDI file, the pieces at the pitches that sound, and the tempo.

    one_voice: the pieces are melodies, and get an accompaniment. tempo: quarter beats a minute; a
    song of melodies ends with a whole bar, and so has nearly this tempo.

    Raises:
        ConfigError: the palette names an unknown figure, drum pattern or instrument.
    """
    if order.plain:
        midi = perform.perform_pieces(pieces, one_voice, palette, order.seconds, tempo, random)
        moved = np.array([0, 0, transposition(midi, pieces)])
        return midi, [(notes + moved, bar) for notes, bar in pieces], tempo
    beats = (order.seconds - FADE) * tempo / 60
    sounding, key = transpose_pieces(
        pieces, one_voice, random, order.like.key.tonic if order.like else None
    )
    if one_voice:
        parts, length = arrange_tunes(sounding, key, palette, beats, random)
    else:
        drums = choose_weighted(palette.drums, random)
        parts, length = perform.lay_out_pieces(sounding, beats, drums), beats
    tempo *= length / beats
    return orchestrate_song(parts, palette, tempo, length, random), sounding, tempo


def transposition(midi: bytes, pieces: list[Piece]) -> int:
    """Semitones from the pieces to the MIDI file of them: its melody is its first track."""
    melody = symusic.Score.from_midi(midi).tracks[0].notes
    return int(melody[0].pitch - novelty.skyline(pieces[0][0])[0, 2])
