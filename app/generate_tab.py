"""The page's second tab: a new song for a region, to hear, to look at, and to keep."""

import html
from collections.abc import Callable, Iterator

import gradio as gr

from app.page_requests import NEW_SONG, Refused
from musicregion.generation.songs import SUFFIXES, NewSong

USUAL = 30  # seconds
Make = Callable[[str, float, int, Callable[[int, int], None]], Iterator[NewSong]]
NOTHING = None, None, None  # no sound, no picture, no files


def describe_song(song: NewSong) -> str:
    """What the song's card says, as HTML."""
    card = song.card
    region, probability = next(iter(card["judge"]["probabilities"].items()))
    run, same = card["novelty"]["longest_run_notes"], card["novelty"]["shared_with"]
    copied = f"At most {run} notes in a row are also in a song that it learned from, {same}."
    if not run:
        copied = "No two notes in a row are in a song that it learned from."
    instruments = ", ".join(dict.fromkeys(card["instruments"]))
    return (
        f'<div class="verdict">Song {card["seed"]}<small>The model hears {html.escape(region)} in '
        f"it, with a probability of {probability:.0%}. {html.escape(copied)} Instruments: "
        f"{html.escape(instruments)}.</small></div>"
    )


def add_tab(regions: list[str], make: Make, limits: dict) -> None:
    """Fill a tab. make: the song of a region, seconds and number, which tells of its tries.

    limits: of the queue, for Gradio's events.
    """

    def press(region: str, seconds: float, number: float, progress=gr.Progress()) -> Iterator:  # noqa: ANN001, B008
        def tell(done: int, total: int) -> None:
            progress((done, total), unit="tries")

        try:
            for song in make(region, seconds, int(number or 0), tell):
                files = [str(song.stem.with_suffix(suffix)) for suffix in SUFFIXES]
                _, sound, picture, _ = files
                yield describe_song(song), sound, picture, files, (number or 0) + 1
        except Refused as refused:
            yield refused.html(), *NOTHING, number

    gr.Markdown("# A new song for a region")
    region = gr.Radio(regions, value=regions[0], label="Region", elem_id="region")
    with gr.Row():
        seconds = gr.Slider(*NEW_SONG, USUAL, step=5, label="Seconds")
        number = gr.Number(
            1, label="Number", info="The same number is the same song.", precision=0, minimum=0,
            maximum=2**32 - 1,
        )  # fmt: skip
    button = gr.Button("Make a song", variant="primary", elem_id="make")
    verdict = gr.HTML()
    sound = gr.Audio(label="The song", interactive=False, buttons=[], elem_id="new-song")
    picture = gr.Image(show_label=False, interactive=False, buttons=[], elem_id="piano-roll")
    files = gr.File(label="To keep: MIDI, sound, picture, card", interactive=False, elem_id="files")
    outputs = [verdict, sound, picture, files, number]
    button.click(press, [region, seconds, number], outputs, show_progress_on=sound, **limits)
