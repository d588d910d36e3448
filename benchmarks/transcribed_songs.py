"""Songs of a corpus without written notes, for benchmarks.playlist_songs: replayed and new ones."""

from pathlib import Path

from benchmarks.compared_songs import Song, best_try, load_writer, write_song
from benchmarks.tasks import map_all
from musicregion.composition import perform
from musicregion.config.corpus import Palette
from musicregion.corpus.folk_rendering import seeded_generator
from musicregion.generation import performance
from musicregion.generation.order import Order
from musicregion.generation.songs import TRIES
from musicregion.rendering import synthesis

SONGS = 10  # a region, of each kind
SECONDS = 30.0  # of a song
SEED = 1
PLAYED = "real notes, played"


def play_real_notes(order: Order, palette: Palette, number: int, target: Path) -> Song:
    """Passages of a training song of the region, with other instruments: its region and path."""
    writer = load_writer(order.composer, "decoder")
    random = seeded_generator(order.seed, order.region, number)
    row = writer.choose_training_piece(order.region, random)
    passages = writer.training_pieces()
    pieces = [
        passage
        for passage, song in zip(passages, writer.songs, strict=True)
        if song == writer.songs[row]
    ]
    tempo = float(writer.tempos[row])
    midi, *_ = performance.perform_song(pieces, False, order, palette, tempo, random)
    song = target.with_suffix(".flac")
    synthesis.write_flac(perform.play_midi(midi, order.seconds, random), song)
    return {"region": order.region, "path": song}


def make_songs(orders: dict[Order, Palette], folder: Path) -> dict[tuple[str, bool], list[Song]]:
    """SONGS songs for each order, by their kind and whether they are guided."""
    each = [(*pair, number) for pair in orders.items() for number in range(SONGS)]
    items: list[tuple] = [(*song, folder / f"played-{index}") for index, song in enumerate(each)]
    songs = {(PLAYED, False): map_all(play_real_notes, items, PLAYED)}
    for method, tries in (("ngram", 1), ("decoder", TRIES)):
        items = [
            (order, palette, method, (number, attempt), folder / f"{method}-{index}-{attempt}")
            for index, (order, palette, number) in enumerate(each)
            for attempt in range(tries)
        ]
        made = map_all(write_song, items, method)
        songs[method, False] = made[::tries]
        if tries > 1:
            songs[method, True] = [
                best_try(made[start : start + tries]) for start in range(0, len(made), tries)
            ]
    return songs
