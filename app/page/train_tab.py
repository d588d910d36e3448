"""The page's tab that trains: a corpus from a form, `dvc exp run`, and what becomes of it.

For this computer alone: it writes a corpus file and starts a program.
"""

import html
from typing import Any, get_args

import gradio as gr

from app.page import corpus_form, region_rows, training_run
from app.page.music_folders import find_music_folders
from app.page.requests import Refused
from app.page.this_computer import require_this_computer
from app.page.training_view import TrainingView
from musicregion.config import params
from musicregion.config.corpus import corpus_file
from musicregion.config.params import Params
from musicregion.errors import ConfigError, MusicRegionError

PRIVATE = {"api_visibility": "private"}
TITLE = """# Train a model
Each region is a list of folders and playlists. They are written into a corpus file, which the
command below trains a model on. Closing the page does not stop it."""
NO_REGIONS = [region_rows.EMPTY] * 2  # to type into


def choose_corpus(name: str | None, before: str | None) -> tuple[str, Any, str | None]:
    """A sentence about a corpus in HTML, the rows of its form, and the text of its file.

    before: the text of the corpus that was chosen until now. No rows: the file is used as it is.
    """
    text = corpus_form.read_text(name) if name in corpus_form.existing_corpora() else None
    if text is None:  # what was typed for a corpus without a name stays
        return "", gr.skip() if before is None else NO_REGIONS, None
    form, path = corpus_form.parse_form(text), html.escape(str(corpus_file(name or "")))
    if form is None:
        return f"<p>{path} is used as it is. To change it, use an editor.</p>", [], text
    sentence = f"<p>{path} holds these regions. What you change here is written into it.</p>"
    return sentence, form, text


def start(name: str | None, model: str | None, before: str | None, rows: list) -> None:
    """Write the corpus file of a form, if the form is shown, and start a training.

    before: the file's text when the corpus was chosen. rows: values of the form.

    Raises:
        MusicRegionError: the form holds a mistake, or a training is running.
    """
    name = (name or "").strip()
    training_run.require_no_training()
    if not model:
        raise ConfigError("Choose a model.")
    if rows:
        regions = [region for region in region_rows.read_rows(rows) if region != region_rows.EMPTY]
        corpus_form.write_corpus(name, regions, before)
    elif name not in corpus_form.existing_corpora():
        raise ConfigError("Choose a corpus, or give a new one a name and regions.")
    training_run.start_training(name, model)


def current_model() -> str | None:
    """The model in params.yaml; None if the file holds a mistake, which training will name."""
    try:
        return params.load().model
    except ConfigError:
        return None


def add_tab(tab: gr.Tab, blocks: gr.Blocks, report: str) -> None:
    """Fill the tab. report: the address of the report."""
    gr.Markdown(TITLE)
    corpus = gr.Dropdown(
        corpus_form.existing_corpora(), value=None, allow_custom_value=True, label="Corpus",
        info="A file of corpora/, or the name of a new one, then Enter.", elem_id="corpus",
    )  # fmt: skip
    about = gr.HTML()
    before, rows = gr.State(None), gr.State(NO_REGIONS)
    form = gr.Column(elem_id="regions")
    model = gr.Radio(
        get_args(Params.model_fields["model"].annotation),
        value=current_model(), label="Model", interactive=True, elem_id="model",
    )  # fmt: skip
    with gr.Row():
        train = gr.Button("Train", variant="primary", elem_id="train")
        stop = gr.Button("Stop", interactive=False, elem_id="stop")
    answer = gr.HTML(elem_id="answer")
    view = TrainingView(report, stop)

    def open_tab(shown: tuple, request: gr.Request) -> tuple:
        try:
            require_this_computer(request)
        except Refused as refused:
            return refused.html(), gr.skip(), *view.nothing()
        choices = gr.update(choices=corpus_form.existing_corpora())
        return "", choices, *view.updates(shown)

    def list_folders(request: gr.Request) -> dict:
        try:
            require_this_computer(request)
            return gr.update(choices=find_music_folders())
        except Refused:  # the sentence is there since the page was opened
            return gr.skip()

    def on_corpus(name: str | None, before: str | None, request: gr.Request) -> tuple:
        try:
            require_this_computer(request)
            return choose_corpus(name, before)
        except (Refused, MusicRegionError, OSError) as error:
            return Refused(str(error)).html(), gr.skip(), gr.skip()

    def on_train(
        request: gr.Request,
        shown: tuple,
        name: str | None,
        model: str | None,
        before: str | None,
        *values: Any,  # noqa: ANN401
    ) -> tuple:
        try:
            require_this_computer(request)
            start(name, model, before, list(values))
            return "", corpus_form.read_text(name or ""), *view.updates(shown)
        except (Refused, MusicRegionError, OSError) as error:
            return Refused(str(error)).html(), gr.skip(), *view.updates(shown)

    def on_stop(shown: tuple, request: gr.Request) -> tuple:
        try:
            require_this_computer(request)
            training_run.stop_training()
            return "", *view.updates(shown)
        except (Refused, MusicRegionError, OSError) as error:
            return Refused(str(error)).html(), *view.nothing()

    with form:

        @gr.render(rows, show_progress="hidden")
        def draw_form(regions: list[corpus_form.RegionForm]) -> None:
            components = region_rows.draw_rows(regions, rows, list_folders) if regions else []
            inputs = [view.shown, corpus, model, before, *components]
            train.click(on_train, inputs, [answer, before, *view.outputs], **PRIVATE)

    corpus.change(on_corpus, [corpus, before], [about, rows, before], **PRIVATE)
    stop.click(on_stop, [view.shown], [answer, *view.outputs], **PRIVATE)
    opened = {"inputs": [view.shown], "outputs": [answer, corpus, *view.outputs]}
    for event in (blocks.load, tab.select):
        event(open_tab, **opened, **PRIVATE)
