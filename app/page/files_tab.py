"""The page's tab for many songs: a table that fills, to filter and to take away."""

import base64
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import gradio as gr

from app.page.batch import batch_csv, predict_batch
from app.page.requests import BATCH, BATCHES, MEGABYTES, MINUTES
from app.prediction_formats import Result
from musicregion.inference.prediction import SongPrediction
from musicregion.presentation.page import render
from musicregion.presentation.region_marks import region_marks

NOT_SURE, FAILED = "Not sure", "Failed"
# CSS in the table hides what is not wanted, of the rows that come later too
FILTER = """(outcome) => {
  const table = document.querySelector("#songs-table");
  if (outcome === "") delete table.dataset.outcome;
  else table.dataset.outcome = outcome;
}"""


def table_row(name: str, result: SongPrediction | str) -> dict:
    """A result as songs_table.html shows it."""
    if isinstance(result, str):
        return {"song": name, "outcome": FAILED, "reason": result}
    second, probability = [*result.probabilities.items()][1]
    return {
        "song": name,
        "outcome": result.region if result.known else NOT_SURE,
        "reason": "",
        "known": result.known,
        "region": result.region,
        "probability": result.probability,
        "second": second,
        "second_probability": probability,
    }


def table_html(results: list[Result | None], regions: list[str], is_over: bool) -> str:
    """The table. results: of all songs; None: there is none yet. is_over: none will come."""
    done = [result for result in results if result]
    rows = [table_row(*result) for result in done]
    outcomes = [*regions, NOT_SURE, FAILED]
    counts = Counter(row["outcome"] for row in rows)
    totals = ", ".join(f"{name} {counts[name]}" for name in outcomes if counts[name])
    stopped = "Stopped. " if len(done) < len(results) else ""
    return render(
        "songs_table.html",
        {},
        rows=rows,
        total=len(results),
        outcomes=outcomes,
        status=f"{stopped}{totals or 'No song'}." if is_over else "",
        csv=base64.b64encode(batch_csv(done, regions).encode()).decode() if is_over else "",
        marks=region_marks(regions),
    )


def add_tab(
    predict_upload: Callable[[Path], SongPrediction],
    regions: list[str],
    pool: ThreadPoolExecutor,
    at_once: int,
) -> None:
    """Fill the tab. regions: of the model. pool, at_once: as of predict_batch."""

    def show(results: list[Result | None], is_over: bool) -> tuple:
        drop_zone = gr.update(visible=is_over, value=None)
        return table_html(results, regions, is_over), drop_zone, gr.update(visible=not is_over)

    def run(paths: list[str]) -> Iterator[tuple]:
        stopping = Event()
        results: list[Result | None] = [None] * len(paths)
        yield *show(results, False), gr.update(visible=True), stopping
        for number, result in predict_batch([*map(Path, paths)], predict_upload, pool, at_once):
            results[number] = result
            if stopping.is_set():
                break
            yield *show(results, False), gr.skip(), gr.skip()
        yield *show(results, True), gr.skip(), gr.skip()

    gr.Markdown(
        f"# Which regions do these songs belong to?\nUp to {BATCH} songs at once, each of at most "
        f"{MINUTES} minutes and {MEGABYTES} MB."
    )
    current = gr.State(None)  # the Event that stops the batch
    files = gr.File(label="Songs", file_count="multiple", height=140, elem_id="songs")
    stop = gr.Button("Stop", visible=False, elem_id="songs-stop")
    choices = [
        ("All", ""),
        *((name, str(n)) for n, name in enumerate([*regions, NOT_SURE, FAILED])),
    ]
    outcome = gr.Radio(choices, value="", label="Show", visible=False, elem_id="songs-outcome")
    table = gr.HTML(elem_id="songs-table")
    private = {"api_visibility": "private"}
    files.upload(
        run,
        files,
        [table, files, stop, outcome, current],
        concurrency_limit=BATCHES,
        show_progress="hidden",
        **private,
    )
    # not Gradio's `cancels`: a result that is under way would be shown after the last one
    stop.click(lambda stopping: stopping.set(), current, None, **private)
    outcome.change(None, outcome, None, js=FILTER)
