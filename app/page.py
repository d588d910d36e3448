"""The page: a song goes in; the region, the others as bars, and the timeline come out."""

import html
import io
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import gradio as gr
import matplotlib.backends.backend_svg  # noqa: F401  slow: not while the first visitor waits

from app import generate_tab, timeline
from app.generate_tab import Make
from app.page_requests import MEGABYTES, MINUTES, Refused
from musicregion.inference.prediction import SongPrediction

KEPT = 600  # seconds after which an upload is deleted; until then its visitor may listen to it
SWEEP = 60  # seconds between two looks for such files
WIDTHS = {"wide": 10, "narrow": 4.2}  # inches, of the timeline
NONE = None, ""  # no bars, no timeline
# fonts that every computer has: the page is whole without the internet
THEME = gr.themes.Default(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
STYLE = """
.verdict {font-size: 1.6rem; font-weight: 600; margin: 0.4rem 0 0}
.verdict small {display: block; font-size: 1rem; font-weight: 400}
.timeline svg {width: 100%; height: auto; background: white; border-radius: 6px}
.narrow {display: none}
@media (max-width: 700px) {.narrow {display: block} .wide {display: none}}
footer {display: none !important}
"""
Shown = tuple[str, dict[str, float] | None, str]  # verdict, bars, timeline


def verdict_html(answer: SongPrediction) -> str:
    """The answer in a line of HTML."""
    region = html.escape(answer.region)
    if answer.known:
        said = f"{region}<small>with a probability of {answer.probability:.0%}</small>"
    else:
        said = (
            "Not sure<small>It sounds like none of these regions. The likeliest is "
            f"{region}, with a probability of {answer.probability:.0%}.</small>"
        )
    return f'<div class="verdict">{said}</div>'


def timeline_html(answer: SongPrediction) -> str:
    """The timeline within HTML: a picture for wide screens and one for phones."""
    pictures = []
    for name, width in WIDTHS.items():
        file = io.StringIO()
        timeline.timeline_figure([("", answer)], width).savefig(file, format="svg")
        picture = file.getvalue()
        pictures.append(f'<div class="{name}">{picture[picture.index("<svg") :]}</div>')
    return f'<div class="timeline">{"".join(pictures)}</div>'


def describe_model(card: dict) -> str:
    """Which model this is, and how good."""
    params, test = card["params"], card["test"]
    return (
        f"The model: {params['model']} on {params['features']}, trained on the corpus "
        f"{params['corpus']}, of the regions {', '.join(card['regions'])}. Of {test['songs']} "
        f"songs that it had never heard it named {test['accuracy']:.0%} rightly (95% interval "
        f"{test['accuracy_low']:.0%} to {test['accuracy_high']:.0%}); always naming the largest "
        f"region would be right for {test['majority_accuracy']:.0%}."
    )


def show(hear: Callable[[], SongPrediction]) -> Shown:
    """An answer as the page has it, or the sentence that says why there is none."""
    try:
        answer = hear()
    except Refused as refused:
        return refused.html(), *NONE
    return verdict_html(answer), answer.probabilities, timeline_html(answer)


def build_page(
    card: dict,
    hear_file: Callable[[Path], SongPrediction],
    hear_link: Callable[[str], SongPrediction] | None,
    examples: list[tuple[str, Path]],
    at_once: int,
    new_songs: tuple[list[str], Make] | None = None,
) -> gr.Blocks:
    """hear_link: None where links are not allowed. examples: title and file of songs.

    new_songs: the regions that songs can be made for, and what makes them; None: no such tab.
    """

    def file(path: str | None) -> Shown:
        return show(lambda: hear_file(Path(path))) if path else ("", *NONE)

    def link(address: str) -> Shown:
        return show(lambda: hear_link(address.strip()))

    private = {"api_visibility": "private"}
    songs = {"concurrency_limit": at_once, "concurrency_id": "songs", **private}
    sweep = (SWEEP, KEPT)
    with gr.Blocks(title="Which region?", analytics_enabled=False, delete_cache=sweep) as blocks:
        with gr.Tab("Which region?") if new_songs else nullcontext():
            gr.Markdown("# Which region does this music belong to?")
            song = gr.Audio(
                label=f"A song of {MINUTES} minutes and {MEGABYTES} MB at most",
                sources=["upload", "microphone"],
                type="filepath",
                editable=False,
                buttons=[],
                elem_id="song",
            )
            drawing, said = gr.HTML(), gr.HTML()
            bars = gr.Label(label="Probabilities", num_top_classes=6, show_heading=False)
            outputs = [said, bars, drawing]
            song.change(file, song, outputs, **songs)
            if hear_link:
                address = gr.Textbox(
                    label="Or a link, then Enter",
                    placeholder="https://…",
                    max_lines=1,
                    elem_id="link",
                )
                address.submit(link, address, outputs, **songs)
            if examples:
                gr.Markdown("Songs that the model has not learned from:")
                with gr.Row(elem_id="examples"):
                    for title, path in examples:
                        # gr.Examples keeps its files among the uploads, which are swept away
                        button = gr.Button(title, size="sm", min_width=280)
                        button.click(partial(str, path), None, song, **private)
            gr.Markdown(describe_model(card), elem_id="about")
        if new_songs:
            with gr.Tab("A new song"):
                generate_tab.add_tab(*new_songs, songs)
    return blocks
