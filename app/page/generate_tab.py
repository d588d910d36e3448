"""The page's tab for new songs: makes a new song for a region, to play, look at and download."""

import base64
import html
from collections.abc import Callable, Iterator

import gradio as gr

from app.page.new_song_requests import NEW_SONG
from app.page.requests import Refused
from musicregion.generation.songs import SUFFIXES, NewSong

DEFAULT_LENGTH = 30  # seconds
# (region, seconds, number, called with the tries done and all) to the song
MakeSong = Callable[[str, float, int, Callable[[int, int], None]], Iterator[NewSong]]
NOTHING = None, "", None, None  # no audio, no score, no piano roll, no files


def describe_song(song: NewSong) -> str:
    """A song's card as HTML."""
    card = song.card
    region, probability = next(iter(card["judge"]["probabilities"].items()))
    run, source = card["novelty"]["longest_run_notes"], card["novelty"]["shared_with"]
    copied = f"At most {run} notes in a row are also in a training song, {source}."
    if not run:
        copied = "No two notes in a row are in a training song."
    instruments = ", ".join(dict.fromkeys(card["instruments"]))
    return (
        f'<div class="verdict">Song {card["seed"]}<small>The model predicts {html.escape(region)} '
        f"for it, with a probability of {probability:.0%}. {html.escape(copied)} Instruments: "
        f"{html.escape(instruments)}.</small></div>"
    )


def show_score(song: NewSong) -> str:
    """A song's score as HTML; Gradio's own image warns visitors of SVG."""
    picture = base64.b64encode(song.stem.with_suffix(".svg").read_bytes()).decode()
    text = f"The score, in {html.escape(song.card['key'])}"
    return f'<img src="data:image/svg+xml;base64,{picture}" alt="{text}" style="width: 100%">'


def add_tab(regions: list[str], make_song: MakeSong, limits: dict) -> None:
    """Fill the tab. limits: of the queue, for Gradio's events."""

    def press(region: str, seconds: float, number: float, progress=gr.Progress()) -> Iterator:  # noqa: ANN001, B008
        def show_progress(done: int, total: int) -> None:
            progress((done, total), unit="tries")

        try:
            for song in make_song(region, seconds, int(number or 0), show_progress):
                files = {suffix: str(song.stem.with_suffix(suffix)) for suffix in SUFFIXES}
                shown = files[".flac"], show_score(song), files[".png"]
                yield describe_song(song), *shown, list(files.values()), (number or 0) + 1
        except Refused as refused:
            yield refused.html(), *NOTHING, number

    gr.Markdown("# A new song for a region")
    region = gr.Radio(regions, value=regions[0], label="Region", elem_id="region")
    with gr.Row():
        seconds = gr.Slider(*NEW_SONG, DEFAULT_LENGTH, step=5, label="Seconds")
        number = gr.Number(
            1, label="Number", info="The same number gives the same song.", precision=0, minimum=0,
            maximum=2**32 - 1,
        )  # fmt: skip
    button = gr.Button("Make a song", variant="primary", elem_id="make")
    verdict = gr.HTML()
    audio = gr.Audio(label="The song", interactive=False, buttons=[], elem_id="new-song")
    score = gr.HTML(elem_id="score")
    picture = gr.Image(show_label=False, interactive=False, buttons=[], elem_id="piano-roll")
    files = gr.File(
        label="Download: notes (MIDI, MusicXML, ABC), audio, pictures, card",
        interactive=False,
        elem_id="files",
    )
    outputs = [verdict, audio, score, picture, files, number]
    button.click(press, [region, seconds, number], outputs, show_progress_on=audio, **limits)
