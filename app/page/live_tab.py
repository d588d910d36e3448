"""The page's tab that listens: a prediction of the last seconds of the microphone, every second."""

import html
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr

from app.page.live_audio import EVERY, LiveVisitors, PredictSamples
from app.page.requests import Refused
from musicregion.inference.prediction import describe_song

if TYPE_CHECKING:
    from musicregion.inference.predict_window import WindowPrediction

SEND_EVERY = f"() => ({{__type__: 'update', stream_every: {EVERY}}})"  # in the browser
LONGEST = 600  # seconds that a visitor may listen before pressing the button again


def describe(prediction: "WindowPrediction") -> str:
    """A prediction as HTML: the region, and the training songs that sound nearest."""
    region, probability = next(iter(prediction.probabilities.items()))
    title, detail = region, f"with a probability of {probability:.0%}"
    if not prediction.known:
        title, detail = "None of these", f"The likeliest is {region}, {detail}."
    songs = "".join(f"<li>{html.escape(describe_song(song))}</li>" for song in prediction.nearest)
    return (
        f'<div class="verdict">{html.escape(title)}<small>{html.escape(detail)}</small></div>'
        f'<div class="nearest">The songs that sound nearest:<ul>{songs}</ul></div>'
    )


def add_tab(tab: gr.Tab, predict: PredictSamples, window: float) -> None:
    """Fill the tab. predict: the last samples of a microphone. window: seconds of them."""
    visitors = LiveVisitors(predict, window)
    gr.Markdown(
        f"# Live\nPress Record. Every second the last {window:g} seconds are predicted. Nothing is "
        "kept."
    )
    microphone = gr.Audio(
        label="The microphone", sources=["microphone"], streaming=True, type="filepath",
        buttons=[], elem_id="live-microphone",
    )  # fmt: skip
    verdict = gr.HTML(elem_id="live")
    bars = gr.Label(
        label="Probabilities", num_top_classes=6, show_heading=False, elem_id="live-bars"
    )

    def listen(file: str | None, request: gr.Request) -> tuple:
        if not file:
            return gr.skip(), gr.skip()
        try:
            prediction = visitors.listen(request.session_hash or "", Path(file))
        except Refused as refused:
            return refused.html(), None
        except FileNotFoundError:  # it held the same as the last one, such as silence
            return gr.skip(), gr.skip()
        finally:
            with suppress(OSError):  # the last one, which held the same, was deleted
                Path(file).unlink()
                Path(file).parent.rmdir()
        if prediction is None:
            return gr.skip(), gr.skip()
        return describe(prediction), prediction.probabilities

    def leave(request: gr.Request) -> None:
        visitors.remove(request.session_hash or "")

    private = {"api_visibility": "private", "show_progress": "hidden"}
    microphone.stream(
        listen, microphone, [verdict, bars], stream_every=EVERY, time_limit=LONGEST,
        concurrency_limit=None, concurrency_id="live", **private,
    )  # fmt: skip
    # Gradio 6.31 sends ten files a second from a tab that was not open at first, and loses some
    tab.select(None, None, microphone, js=SEND_EVERY, **private)
    microphone.stop_recording(leave, queue=False, **private)
