"""`python -m benchmarks.like`: does `musicregion generate --like` hear tempo, key and instruments?

Tunes of the corpus folk, arranged as new songs are, each with one of the palettes to choose from,
at a random tempo. Tempos count as right within 4 %, in another row twice or half as fast as well
(F. Gouyon and others, An experimental comparison of audio tempo induction algorithms, 2006); modes,
if major and minor are told apart. Writes benchmarks/results/like.json.
"""

import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.report import RESULTS, print_source, print_table, write_json
from benchmarks.tasks import map_all
from musicregion.command import run
from musicregion.composition import perform
from musicregion.composition.palettes import PALETTES
from musicregion.composition.pieces import shift_to_bar
from musicregion.composition.tokens import METERS
from musicregion.config import corpus
from musicregion.corpus import folk
from musicregion.generation.likeness import listen
from musicregion.generation.order import Order
from musicregion.generation.performance import perform_song
from musicregion.generation.tonality import find_tonality
from musicregion.rendering import synthesis
from musicregion.rendering.tune import Recipe
from musicregion.storage import paths
from musicregion.transcription import basic_pitch

RESULT = RESULTS / "like.json"
SONGS, SECONDS, SEED = 60, 45.0, 2  # another seed than the method was chosen with
TEMPOS = 70, 160  # quarter beats a minute
RIGHT = 1.04  # times a tempo


def octaves_apart(tempo: float, other: float) -> float:
    """How far two tempos are apart, in octaves, whatever whole number of them."""
    distance = np.log2(tempo / other)
    return abs(float(distance - np.round(distance)))


def hear(recipe: Recipe, number: int, folder: Path) -> dict:
    """Render a song with a palette of its own, and listen to it; what was heard correctly."""
    random = np.random.default_rng([SEED, number])
    palette = list(PALETTES)[number % len(PALETTES)]
    tune = recipe.tunes[0]
    order = Order(paths.COMPOSER, None, recipe.region, SECONDS, SEED)
    midi, sounding, tempo = perform_song(
        [(shift_to_bar(tune), tune.bar)],
        True,
        order,
        PALETTES[palette],
        float(random.uniform(*TEMPOS)),
        random,
    )
    key = find_tonality([notes for notes, _ in sounding], True)
    path = folder / f"{number}.flac"
    synthesis.write_flac(perform.play_midi(midi, SECONDS, random), path)
    start = time.perf_counter()
    like = listen(path, PALETTES, paths.BASIC_PITCH_WEIGHTS)
    seconds = time.perf_counter() - start
    return {
        "palette": palette,
        "palette_heard": like.palette[0],
        "tempo": abs(np.log2(like.tempo / tempo)) < np.log2(RIGHT),
        "tempo_or_double_or_half": octaves_apart(like.tempo, tempo) < np.log2(RIGHT),
        "tonic": like.key.tonic == key.tonic,
        "mode": like.key.is_minor == key.is_minor,
        "instruments": like.palette[0] == palette,
        "seconds": seconds,
    }


def main() -> None:
    basic_pitch.fetch_weights(paths.BASIC_PITCH_WEIGHTS)
    recipes = [
        recipe
        for recipe in folk.choose_recipes(corpus.load("folk"), 2 * SONGS, SEED)
        if recipe.tunes[0].bar in METERS
    ][:SONGS]
    with tempfile.TemporaryDirectory(prefix="like-") as temporary:
        items = [(recipe, number, Path(temporary)) for number, recipe in enumerate(recipes)]
        songs = map_all(hear, items, "songs")
    facts = ("tempo", "tempo_or_double_or_half", "tonic", "mode", "instruments")
    shares = {fact: round(float(np.mean([song[fact] for song in songs])), 3) for fact in facts}
    chance = {"tonic": 1 / 12, "instruments": 1 / len(PALETTES)}
    print_table(
        ["heard correctly", "share", "by chance"],
        [[fact, shares[fact], round(chance.get(fact, 0), 3) or ""] for fact in facts],
    )
    confusions = [
        {
            "palette": name,
            "heard": sorted(s["palette_heard"] for s in songs if s["palette"] == name),
        }
        for name in PALETTES
    ]
    print_table(["palette", "heard"], [[c["palette"], ", ".join(c["heard"])] for c in confusions])
    seconds = round(float(np.median([song["seconds"] for song in songs])), 1)
    print(f"{seconds} s for a song of {SECONDS:g} s")
    result = {"songs": len(songs), **shares, "seconds": seconds, "palettes": confusions}
    write_json(RESULT, result)
    print_source("like", RESULT)


if __name__ == "__main__":
    run(main)
