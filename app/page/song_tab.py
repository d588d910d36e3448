"""The page's first tab: takes a song, shows its region, and where in the song it is heard."""

import html
from collections.abc import Callable
from functools import partial
from pathlib import Path

import gradio as gr

from app.page.requests import MEGABYTES, MINUTES, Refused
from app.page.song_html import neighbours_html, strips_html
from musicregion.inference.examined_song import ExaminedSong
from musicregion.inference.prediction import SongPrediction

NOTHING = None, "", ""  # no bars, no pictures, no training songs
Outputs = tuple[str, dict[str, float] | None, str, str]  # verdict, and the same


def verdict_html(prediction: SongPrediction) -> str:
    """A prediction in a line of HTML."""
    region = html.escape(prediction.region)
    if prediction.known:
        text = f"{region}<small>with a probability of {prediction.probability:.0%}</small>"
    else:
        text = (
            "Not sure<small>It sounds like none of these regions. The likeliest is "
            f"{region}, with a probability of {prediction.probability:.0%}.</small>"
        )
    return f'<div class="verdict">{text}</div>'


def show(examine: Callable[[], ExaminedSong], is_playable: bool) -> Outputs:
    """A song as the page shows it, or the sentence that says why it has no prediction."""
    try:
        examined = examine()
    except Refused as refused:
        return refused.html(), *NOTHING
    prediction = examined.prediction
    strips = strips_html(examined, is_playable)
    return verdict_html(prediction), prediction.probabilities, strips, neighbours_html(examined)


def add_tab(
    examine_upload: Callable[[Path], ExaminedSong],
    examine_link: Callable[[str], ExaminedSong] | None,
    examples: list[tuple[str, Path]],
    limits: dict,
) -> None:
    """Fill the tab. limits: of the queue, for Gradio's events; the rest as in layout.build_page."""

    def on_upload(path: str | None) -> Outputs:
        return show(lambda: examine_upload(Path(path)), True) if path else ("", *NOTHING)

    def on_link(address: str) -> Outputs:
        return show(lambda: examine_link(address.strip()), False)

    gr.Markdown("# Which region does this music belong to?")
    song = gr.Audio(
        label=f"A song of at most {MINUTES} minutes and {MEGABYTES} MB",
        sources=["upload", "microphone"],
        type="filepath",
        editable=False,
        buttons=[],
        # the pictures below it have the loudness, with time as in the timeline
        waveform_options=gr.WaveformOptions(show_recording_waveform=False),
        elem_id="song",
    )
    script = Path(__file__).with_name("song_player.js").read_text("utf-8")
    strips, verdict = gr.HTML(elem_id="strips", js_on_load=script), gr.HTML()
    bars = gr.Label(label="Probabilities", num_top_classes=6, show_heading=False)
    neighbours = gr.HTML(elem_id="neighbours")
    outputs = [verdict, bars, strips, neighbours]
    song.change(on_upload, song, outputs, **limits)
    if examine_link:
        address = gr.Textbox(
            label="Or a link, then Enter",
            placeholder="https://…",
            max_lines=1,
            elem_id="link",
        )
        address.submit(on_link, address, outputs, **limits)
    if examples:
        gr.Markdown("Songs that the model was not trained on:")
        with gr.Row(elem_id="examples"):
            for title, path in examples:
                # gr.Examples puts its files among the uploads, which are deleted
                button = gr.Button(title, size="sm", min_width=280)
                button.click(partial(str, path), None, song, api_visibility="private")
