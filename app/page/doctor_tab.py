"""The page's tab that mends labels: plays suspects, and writes what a listener decides.

For this computer alone: a decision changes the corpus file.
"""

import html

import gradio as gr

from app.page import suspects
from app.page.requests import Refused
from app.page.suspects import Suspect
from app.page.this_computer import require_this_computer
from musicregion.corpus.label_decisions import record_decision
from musicregion.errors import MusicRegionError

DONE = (
    '<div class="verdict">No song is left to check<small>`dvc repro` trains with your decisions. '
    "They are in the corpus file, for you to commit.</small></div>"
)


def describe(suspect: Suspect, number: int, total: int) -> str:
    """A suspect in HTML. number: its place in the list, from 1."""
    title, region, likely = map(html.escape, (suspect.title, suspect.region, suspect.likely))
    return (
        f'<div class="verdict" role="status">{number} of {total}: {title}<small>It is in {region}. '
        f"Models that were not trained on it predict {likely}, with a probability of "
        f"{suspect.likely_probability:.0%}, and {region} with {suspect.probability:.0%}."
        "</small></div>"
    )


def nearest_player(song: str, region: str) -> dict:
    """What a player of the nearest song of a region shows."""
    try:
        nearest = suspects.find_nearest(song, region)
    except (MusicRegionError, KeyError, OSError):  # the next training is changing the data
        nearest = None
    if nearest is None or not nearest[1].is_file():
        return gr.update(visible=False, value=None)
    title, path = nearest
    return gr.update(visible=True, value=str(path), label=f"Nearest of {region}: {title}")


def add_tab(tab: gr.Tab) -> None:
    """Fill the tab; it reads the suspects whenever it is opened."""
    gr.Markdown(
        "# Label doctor\nListen, and choose where the song belongs. Your decision is written to "
        "the corpus file."
    )
    current, later = gr.State(None), gr.State(0)  # the Suspect; how many were put off
    status = gr.HTML(elem_id="suspect")
    song = gr.Audio(label="The song", interactive=False, buttons=[], elem_id="suspect-song")
    region = gr.Radio([], label="Another region", elem_id="suspect-region")
    with gr.Row():
        move = gr.Button("Move it there", variant="primary", elem_id="suspect-move")
        keep = gr.Button("As it is", elem_id="suspect-keep")
        skip = gr.Button("Later", elem_id="suspect-later")
    with gr.Row():
        players = [
            gr.Audio(visible=False, interactive=False, buttons=[], elem_id=f"nearest-{name}")
            for name in ("own", "likely")
        ]
    outputs = [status, song, region, move, keep, skip, current, later]

    def show(put_off: int, sentence: str = "") -> tuple:
        listed = suspects.read_suspects()
        if not listed.songs:
            off = [gr.update(interactive=False)] * 3
            return sentence + DONE, None, gr.update(choices=[], value=None), *off, None, 0
        put_off %= len(listed.songs)
        suspect = listed.songs[put_off]
        number = listed.total - len(listed.songs) + put_off + 1
        others = [name for name in listed.regions if name != suspect.region]
        return (
            sentence + describe(suspect, number, listed.total),
            str(suspect.path) if suspect.path.is_file() else None,
            gr.update(choices=others, value=suspect.likely),
            *[gr.update(interactive=True)] * 3,
            suspect,
            put_off,
        )

    def refuse(error: Exception) -> tuple:
        return Refused(str(error)).html(), *[gr.skip()] * (len(outputs) - 1)

    def open_tab(put_off: int, request: gr.Request) -> tuple:
        try:
            require_this_computer(request)
            return show(put_off)
        except (Refused, MusicRegionError, OSError) as error:
            return refuse(error)

    def decide(suspect: Suspect | None, chosen: str, put_off: int, request: gr.Request) -> tuple:
        try:
            require_this_computer(request)
            if suspect is not None:
                record_decision(suspects.read_suspects().corpus, suspect.song, chosen)
            return show(put_off)
        except (Refused, MusicRegionError, OSError) as error:
            return refuse(error)

    def keep_region(suspect: Suspect | None, put_off: int, request: gr.Request) -> tuple:
        return decide(suspect, suspect.region if suspect else "", put_off, request)

    def put_off_one(put_off: int, request: gr.Request) -> tuple:
        return open_tab(put_off + 1, request)

    def show_nearest(suspect: Suspect | None) -> list[dict]:
        if suspect is None:
            return [gr.update(visible=False, value=None)] * 2
        return [nearest_player(suspect.song, name) for name in (suspect.region, suspect.likely)]

    private = {"api_visibility": "private"}
    for event in (
        tab.select(open_tab, [later], outputs, **private),
        move.click(decide, [current, region, later], outputs, **private),
        keep.click(keep_region, [current, later], outputs, **private),
        skip.click(put_off_one, [later], outputs, **private),
    ):
        event.then(show_nearest, [current], players, **private)
