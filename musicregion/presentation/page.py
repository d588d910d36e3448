"""Renders a page of one file from the templates: style, script and clips are within it."""

from pathlib import Path

import jinja2

from musicregion.presentation.clips import Clip

TEMPLATES = Path(__file__).with_name("templates")


def render(template: str, clips: dict[str, Clip], **values: object) -> str:
    """The page. clips: by song id; values: what the template names."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    sounds = {song: clip.data for song, clip in clips.items()}
    return environment.get_template(template).render(clips=clips, sounds=sounds, **values)
