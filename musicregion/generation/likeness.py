"""Listens to a song for what a new one like it takes over: tempo, key and instruments.

Basic Pitch transcribes it. The tempo comes from the notes' onsets, the key from their pitches. For
the instruments the same notes are played by each palette that is to choose from: what has the most
similar MFCC is taken. Singers, several instruments of one kind and effects have no such palette.
"""

from pathlib import Path

import librosa
import numpy as np

from musicregion.audio import decode
from musicregion.composition.perform import split_voices
from musicregion.config.corpus import Palette
from musicregion.errors import Undecodable
from musicregion.features.tonic import estimate_tonics
from musicregion.features.voices import extract_bass
from musicregion.generation.orchestration import orchestrate_song
from musicregion.generation.order import Likeness
from musicregion.generation.tonality import Tonality, find_mode
from musicregion.rendering.synthesis import SAMPLE_RATE, render
from musicregion.transcription import basic_pitch
from musicregion.transcription.note_decoding import decode_notes

LONGEST = 90.0  # seconds of the song that count
FEWEST_NOTES = 16
ONSET, SUSTAIN, SHORTEST = 0.6, 0.45, 0.06  # activations, and seconds: as the params transcribe
EXCERPT = 20.0  # seconds that palettes play
SLOWEST, FASTEST, USUAL = 60, 180, 110  # quarter beats a minute
SPREAD = 0.8  # octaves: standard deviation of tempos around the usual one
LEVELS = 1, 2, 4  # notes to a beat that onsets are compared with
COEFFICIENTS = 20  # MFCC, of which the first, the level, is left out


def transcribe(wave: np.ndarray, weights: Path) -> np.ndarray:
    """Notes [note, (start, end, pitch)] of [sample] at basic_pitch.RATE; frames, MIDI numbers."""
    shortest = round(SHORTEST / basic_pitch.FRAME)
    activations = basic_pitch.activations(wave, weights)
    return np.rint(decode_notes(*activations, ONSET, SUSTAIN, shortest)[:, :3]).astype(int)


def estimate_tempo(onsets: np.ndarray) -> float:
    """The tempo whose beats, halves and quarters of beats onsets [note] are nearest to.

    onsets: seconds. A Fourier tempogram over the whole song (P. Grosche and M. Müller, Extracting
    Predominant Local Pulse Information from Music Recordings, 2011), with tempos of Ellis's prior
    (D. Ellis, Beat Tracking by Dynamic Programming, 2007).
    """
    tempos = np.arange(SLOWEST, FASTEST, 0.25)
    beats = onsets[None] * tempos[:, None] / 60  # [tempo, note]
    score = sum(np.abs(np.exp(2j * np.pi * level * beats).mean(axis=1)) for level in LEVELS)
    usual = np.exp(-0.5 * (np.log2(tempos / USUAL) / SPREAD) ** 2)
    return float(tempos[(score * usual).argmax()])


def estimate_key(notes: np.ndarray) -> Tonality:
    """The key of notes [note, (start, end, pitch)]: the tonic that lasts longest, and its mode."""
    tonics = estimate_tonics(notes, extract_bass(notes), basic_pitch.FRAME)
    tonic = int(np.bincount(tonics).argmax())
    profile = np.bincount(notes[:, 2] % 12, notes[:, 1] - notes[:, 0], 12)
    return Tonality(tonic, find_mode(profile, tonic))


def timbre(wave: np.ndarray, sample_rate: int) -> np.ndarray:
    """Mean and standard deviation of the MFCC of [sample], without the level's."""
    mfcc = librosa.feature.mfcc(y=wave, sr=sample_rate, n_mfcc=COEFFICIENTS)[1:]
    return np.concatenate([mfcc.mean(axis=1), mfcc.std(axis=1)])


def play(notes: np.ndarray, palette: Palette) -> np.ndarray:
    """Transcribed notes as a palette plays them: [sample] at basic_pitch.RATE, EXCERPT long.

    notes: [note, (start, end, pitch)], frames and MIDI numbers.
    """
    seconds = notes * [basic_pitch.FRAME, basic_pitch.FRAME, 1]
    seconds = seconds[seconds[:, 0] < EXCERPT]
    lengths = np.stack([seconds[:, 0], seconds[:, 1] - seconds[:, 0], seconds[:, 2]], axis=1)
    random = np.random.default_rng(0)
    midi = orchestrate_song(split_voices(lengths), palette, 60.0, EXCERPT, random)
    return librosa.resample(render(midi), orig_sr=SAMPLE_RATE, target_sr=basic_pitch.RATE)


def closest_palette(
    wave: np.ndarray, notes: np.ndarray, palettes: dict[str, Palette]
) -> tuple[str, Palette]:
    """The palette whose sound is nearest to [sample]'s, with its name."""
    heard = timbre(wave[: round(EXCERPT * basic_pitch.RATE)], basic_pitch.RATE)
    sounds = [timbre(play(notes, palette), basic_pitch.RATE) for palette in palettes.values()]
    distances = np.linalg.norm(np.array(sounds) - heard, axis=1)
    name = list(palettes)[int(distances.argmin())]
    return name, palettes[name]


def listen(path: Path, palettes: dict[str, Palette], weights: Path) -> Likeness:
    """What a new song like this file takes over.

    weights: the file that basic_pitch.fetch_weights fetches.

    Raises:
        Undecodable: the file is not audio, or no notes are heard.
    """
    samples = round(LONGEST * basic_pitch.RATE)
    blocks, count = [], 0
    for block in decode.decode(path, basic_pitch.RATE):
        blocks.append(block)
        count += len(block)
        if count >= samples:
            break
    wave = np.concatenate([*blocks, np.empty(0, "float32")])[:samples]
    notes = transcribe(wave, weights) if len(wave) else np.empty((0, 3), int)
    if len(notes) < FEWEST_NOTES:
        raise Undecodable(f"only {len(notes)} notes are heard in it")
    tempo = estimate_tempo(notes[:, 0] * basic_pitch.FRAME)
    palette = closest_palette(wave, notes, palettes)
    return Likeness(path.name, tempo, estimate_key(notes), palette)
