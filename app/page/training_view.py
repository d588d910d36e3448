"""Shows the page's training while it runs: stages, log, curves, and the report at the end."""

from collections.abc import Iterator

import gradio as gr

from app.page.report_route import report_html
from app.page.requests import Refused
from app.page.this_computer import require_this_computer
from app.page.training_progress import read_progress
from musicregion.errors import MusicRegionError

PAUSE = 1  # seconds between two looks
LOOK = {"api_visibility": "private", "queue": False, "show_progress": "hidden"}


class TrainingView:
    """The components that show a training. What is the same as before is not sent again."""

    def __init__(self, report: str, stop: gr.Button) -> None:
        """report: its address. stop: the button that is of use while a training runs."""
        self.report = report
        self.shown = gr.State(())  # what the visitor sees
        self.timer = gr.Timer(PAUSE, active=False)
        self.outputs = [
            gr.HTML(elem_id="training"),
            gr.HTML(),
            *self.draw_curves(),
            gr.HTML(),
            gr.HTML(elem_id="report"),
            stop,
            self.timer,
            self.shown,
        ]
        self.timer.tick(self.look, [self.shown], self.outputs, **LOOK)

    def draw_curves(self) -> Iterator[gr.LinePlot]:
        """Empty plots."""
        with gr.Row():
            for name, title in (("accuracy", "accuracy of segments (share)"), ("loss", "loss")):
                yield gr.LinePlot(
                    x="epoch", y=name, color="part", y_title=title, height=260, visible=False,
                    show_label=False, buttons=[], elem_id=f"curve-{name}",
                )  # fmt: skip

    def nothing(self) -> list:
        """Updates that change nothing."""
        return [gr.skip()] * len(self.outputs)

    def updates(self, shown: tuple) -> list:
        """What has changed since `shown`, for the outputs."""
        progress = read_progress()
        if progress is None:
            return self.nothing()
        report = report_html(self.report) if progress.state == "done" else ""
        is_running = progress.state == "running"
        count = len(progress.epochs)
        # one for each: Gradio takes the value out of an update
        plots = [
            gr.update(value=progress.epochs if count else None, visible=count > 0) for _ in range(2)
        ]
        contents = (progress.status, progress.stages, count, count, progress.lines, report)
        values = (progress.status, progress.stages, *plots, progress.lines, report)
        seen = shown or (None,) * len(contents)
        return [
            *(
                gr.skip() if new == old else value
                for new, old, value in zip(contents, seen, values, strict=True)
            ),
            # always: a look that was begun before a stop may end after it
            gr.update(interactive=is_running),
            gr.update(active=is_running),
            contents,
        ]

    def look(self, shown: tuple, request: gr.Request) -> list:
        """Look at the training again."""
        try:
            require_this_computer(request)
            return self.updates(shown)
        except (Refused, MusicRegionError, OSError):  # another page is starting a training
            return self.nothing()
