"""The page: its tabs, and how it looks."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path

import gradio as gr

from app.page import doctor_tab, files_tab, generate_tab, live_tab, song_tab, train_tab
from app.page.generate_tab import MakeSong
from app.page.model_sentence import describe_model
from musicregion.inference.examined_song import ExaminedSong
from musicregion.inference.prediction import SongPrediction
from musicregion.presentation.page import TEMPLATES

KEPT = 600  # seconds until an upload is deleted; its visitor may play it until then
SWEEP = 60  # seconds between two searches for old uploads
# fonts that every computer has: the page needs no internet
THEME = gr.themes.Default(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
THEME.set(  # its own are too pale to read
    block_info_text_color="*neutral_600",
    button_primary_background_fill="*primary_700",
    button_primary_background_fill_hover="*primary_800",
)
STYLESHEETS = [  # of the report's pictures too
    TEMPLATES / "drawings.css",
    Path(__file__).with_name("style.css"),
]


def build_page(
    card: dict,
    predict_upload: Callable[[Path], SongPrediction],
    examine_upload: Callable[[Path], ExaminedSong],
    examine_link: Callable[[str], ExaminedSong] | None,
    predict_microphone: live_tab.PredictSamples,
    examples: list[tuple[str, Path]],
    at_once: int,
    new_songs: tuple[list[str], MakeSong] | None = None,
    doctor: bool = False,
    report: str = "",
) -> gr.Blocks:
    """Build the page.

    card: the model's. examine_link: None: links are not allowed. examples: title and file of songs.
    at_once: predictions. new_songs: the regions to make songs for, and what makes them; None: no
    such tab. doctor: whether there is a tab that mends labels. report: the address of a training's
    report; empty: there is no tab that trains.
    """
    limits = {
        "concurrency_limit": at_once,
        "concurrency_id": "songs",
        "api_visibility": "private",
    }
    pool = ThreadPoolExecutor(at_once)  # of all visitors: first come, first served

    def in_turn(task: Callable) -> Callable:
        return lambda *arguments: pool.submit(task, *arguments).result()

    sweep = (SWEEP, KEPT)
    with gr.Blocks(title="Which region?", analytics_enabled=False, delete_cache=sweep) as blocks:
        with gr.Tab("Which region?"):
            link = in_turn(examine_link) if examine_link else None
            song_tab.add_tab(in_turn(examine_upload), link, examples, limits)
            gr.Markdown(describe_model(card), elem_id="about")
        with gr.Tab("Many songs"):
            files_tab.add_tab(predict_upload, card["regions"], pool, at_once)
        with gr.Tab("Live") as tab:
            live_tab.add_tab(tab, predict_microphone, card["params"]["segment.window"])
        if new_songs:
            regions, make_song = new_songs

            def make_in_turn(*order: object) -> Iterator:
                run, songs = copy_context().run, make_song(*order)  # the context: for progress
                yield from iter(lambda: pool.submit(run, next, songs, None).result(), None)

            with gr.Tab("A new song"):
                generate_tab.add_tab(regions, make_in_turn, limits)
        if doctor:
            with gr.Tab("Label doctor") as tab:
                doctor_tab.add_tab(tab)
        if report:
            with gr.Tab("Train") as tab:
                train_tab.add_tab(tab, blocks, report)
    return blocks


def build_training_page(report: str) -> gr.Blocks:
    """Build a page that only trains. report: the address of the report."""
    blocks = gr.Blocks(title="Train a model", analytics_enabled=False)
    with blocks, gr.Tab("Train") as tab:
        train_tab.add_tab(tab, blocks, report)
    return blocks
