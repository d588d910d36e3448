"""The page: takes a song as input, shows its region, all probabilities and the timeline."""

import html
import io
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import gradio as gr
import matplotlib.backends.backend_svg  # noqa: F401  slow: not while the first visitor waits

from app import generate_tab, timeline
from app.generate_tab import MakeSong
from app.page_requests import MEGABYTES, MINUTES, Refused
from musicregion.inference.prediction import SongPrediction

KEPT = 600  # seconds until an upload is deleted; its visitor may play it until then
SWEEP = 60  # seconds between two searches for old uploads
WIDTHS = {"wide": 10, "narrow": 4.2}  # inches, of the timeline
NOTHING = None, ""  # no bars, no timeline
# fonts that every computer has: the page needs no internet
THEME = gr.themes.Default(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
STYLE = """
.verdict {font-size: 1.6rem; font-weight: 600; margin: 0.4rem 0 0}
.verdict small {display: block; font-size: 1rem; font-weight: 400}
.timeline svg {width: 100%; height: auto; background: white; border-radius: 6px}
.narrow {display: none}
@media (max-width: 700px) {.narrow {display: block} .wide {display: none}}
footer {display: none !important}
"""
Outputs = tuple[str, dict[str, float] | None, str]  # verdict, bars, timeline


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


def timeline_html(prediction: SongPrediction) -> str:
    """The timeline as HTML: a picture for wide screens and one for phones."""
    pictures = []
    for name, width in WIDTHS.items():
        file = io.StringIO()
        timeline.timeline_figure([("", prediction)], width).savefig(file, format="svg")
        picture = file.getvalue()
        pictures.append(f'<div class="{name}">{picture[picture.index("<svg") :]}</div>')
    return f'<div class="timeline">{"".join(pictures)}</div>'


def describe_model(card: dict) -> str:
    """The model and its test accuracy, in sentences."""
    params, test = card["params"], card["test"]
    return (
        f"The model: {params['model']} on {params['features']}, trained on the corpus "
        f"{params['corpus']}, with the regions {', '.join(card['regions'])}. Of {test['songs']} "
        f"songs that it was not trained on it classified {test['accuracy']:.0%} correctly (95% "
        f"interval {test['accuracy_low']:.0%} to {test['accuracy_high']:.0%}); always predicting "
        f"the largest region would be correct for {test['majority_accuracy']:.0%}."
    )


def show(predict: Callable[[], SongPrediction]) -> Outputs:
    """A prediction as the page shows it, or the sentence that says why there is none."""
    try:
        prediction = predict()
    except Refused as refused:
        return refused.html(), *NOTHING
    return verdict_html(prediction), prediction.probabilities, timeline_html(prediction)


def build_page(
    card: dict,
    predict_upload: Callable[[Path], SongPrediction],
    predict_link: Callable[[str], SongPrediction] | None,
    examples: list[tuple[str, Path]],
    at_once: int,
    new_songs: tuple[list[str], MakeSong] | None = None,
) -> gr.Blocks:
    """Build the page.

    card: the model's. predict_link: None: links are not allowed. examples: title and file of songs.
    at_once: predictions. new_songs: the regions to make songs for, and what makes them; None: no
    such tab.
    """

    def on_upload(path: str | None) -> Outputs:
        return show(lambda: predict_upload(Path(path))) if path else ("", *NOTHING)

    def on_link(address: str) -> Outputs:
        return show(lambda: predict_link(address.strip()))

    private = {"api_visibility": "private"}
    limits = {"concurrency_limit": at_once, "concurrency_id": "songs", **private}
    sweep = (SWEEP, KEPT)
    with gr.Blocks(title="Which region?", analytics_enabled=False, delete_cache=sweep) as blocks:
        with gr.Tab("Which region?") if new_songs else nullcontext():
            gr.Markdown("# Which region does this music belong to?")
            song = gr.Audio(
                label=f"A song of at most {MINUTES} minutes and {MEGABYTES} MB",
                sources=["upload", "microphone"],
                type="filepath",
                editable=False,
                buttons=[],
                elem_id="song",
            )
            plot, verdict = gr.HTML(), gr.HTML()
            bars = gr.Label(label="Probabilities", num_top_classes=6, show_heading=False)
            outputs = [verdict, bars, plot]
            song.change(on_upload, song, outputs, **limits)
            if predict_link:
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
                        button.click(partial(str, path), None, song, **private)
            gr.Markdown(describe_model(card), elem_id="about")
        if new_songs:
            with gr.Tab("A new song"):
                generate_tab.add_tab(*new_songs, limits)
    return blocks
