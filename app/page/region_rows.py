"""The regions of a corpus in the page's form: any number of rows."""

from collections.abc import Callable
from functools import partial

import gradio as gr

from app.page.corpus_form import RegionForm

SOURCES = "Folders and links of playlists, one in each line"
PLACEHOLDER = "~/Music/coast\nhttps://www.youtube.com/playlist?list=…"
PRIVATE = {"api_visibility": "private", "show_progress": "hidden"}
EMPTY = RegionForm("", "")


def read_rows(values: list) -> list[RegionForm]:
    """The regions of rows. values: of all components, row by row."""
    groups = zip(*[iter(values)] * 3, strict=True)
    return [RegionForm(name.strip(), sources, unknown) for name, sources, unknown in groups]


def add_row(*values: str | bool) -> list[RegionForm]:
    """The regions with one more, to type into. values: as of read_rows."""
    return [*read_rows(list(values)), EMPTY]


def remove_row(number: int, *values: str | bool) -> list[RegionForm]:
    """The regions without one. number: from 0. values: as of read_rows."""
    regions = read_rows(list(values))
    return regions[:number] + regions[number + 1 :] or [EMPTY]


def add_source(sources: str, folder: str | None) -> tuple[str, None]:
    """The sources with one more, and the chooser without a choice again."""
    lines = [*sources.splitlines(), folder] if folder else sources.splitlines()
    return "\n".join(lines), None


def draw_rows(
    regions: list[RegionForm], state: gr.State, list_folders: Callable
) -> list[gr.components.Component]:
    """Draw a row for each region; returns their components, three a row, for read_rows.

    state: holds the regions. list_folders: called for an update of the chooser of folders.
    """
    components: list[gr.components.Component] = []
    buttons = []
    for number, region in enumerate(regions, 1):
        with gr.Group(elem_classes="region"):
            with gr.Row(equal_height=True):
                name = gr.Textbox(
                    region.name, label=f"Region {number}", max_lines=1, max_length=60,
                    placeholder="Coast", interactive=True,
                )  # fmt: skip
                unknown = gr.Checkbox(
                    region.unknown, label=f"Music of no region ({number})",
                    info="It is never predicted, and tests “none of these”.", interactive=True,
                )  # fmt: skip
            sources = gr.Textbox(
                region.sources, label=f"{SOURCES} ({number})", lines=2, placeholder=PLACEHOLDER,
                interactive=True,
            )  # fmt: skip
            chooser = gr.Dropdown(
                [], value=None, label=f"Add a folder of this computer ({number})",
                allow_custom_value=True, interactive=True,
            )  # fmt: skip
            buttons.append(gr.Button(f"Remove region {number}", size="sm"))
        chooser.focus(list_folders, None, chooser, **PRIVATE)
        chooser.input(add_source, [sources, chooser], [sources, chooser], **PRIVATE)
        components += [name, sources, unknown]
    for number, button in enumerate(buttons):
        button.click(partial(remove_row, number), components, state, **PRIVATE)
    add = gr.Button("Add a region", size="sm", elem_id="add-region")
    add.click(add_row, components, state, **PRIVATE)
    return components
