"""Reads what a file states about itself: its tags, and how long it lasts.

Damaged files make each of the libraries raise exceptions of any class; none of them gets out.
"""

from pathlib import Path

import av
import mutagen
import soundfile

from musicregion.audio.decode import CONTAINERS

# by kind of tags (Vorbis comments and APE, ID3, MP4), in lower case
ALBUM = ("album", "talb", "©alb")
AUTHOR = ("artist", "tpe1", "©art", "composer", "tcom", "©wrt")  # the artist rather than composer


def read_tags(path: Path) -> dict[str, str]:
    """The album and the author (artist or else composer) in a file's tags; "" if not there.

    Of several artists the first.
    """
    tags = _mutagen_tags(path)
    if not all(tags.values()):
        # mutagen does not read Matroska and WebM, or tags of WAV and AIFF that are not ID3
        av_tags = _av_tags(path)
        tags = {name: text or av_tags[name] for name, text in tags.items()}
    return tags


def read_duration(path: Path) -> float | None:
    """Seconds that the file states it lasts, NaN if it states none, None if it is not audio.

    The statement may be wrong; only decoding tells.
    """
    try:
        return float(soundfile.info(path).duration)
    except Exception:
        pass
    try:
        with av.open(str(path), options=CONTAINERS, metadata_errors="ignore") as container:
            if not container.streams.audio:
                return None
            return container.duration / av.time_base if container.duration else float("nan")
    except Exception:
        return None


def read_codec(path: Path) -> str:
    """The codec of an audio file, such as OPUS, MP3 or FLAC; "" if it states none."""
    try:
        info = soundfile.info(path)
        return str(info.subtype if info.format == "OGG" else info.format)
    except Exception:
        pass
    try:
        with av.open(str(path), options=CONTAINERS, metadata_errors="ignore") as container:
            return str(container.streams.audio[0].codec_context.codec.canonical_name.upper())
    except Exception:
        return ""


def _mutagen_tags(path: Path) -> dict[str, str]:
    tags = {"album": "", "author": ""}
    try:
        file = mutagen.File(path)
        # not file[key], which rejects keys of other kinds of tags
        values = {key.lower(): value for key, value in file.items()} if file else {}
        for name, keys in (("album", ALBUM), ("author", AUTHOR)):
            texts = (str(values[key][0]).strip() for key in keys if key in values)
            tags[name] = next(filter(None, texts), "")
    except Exception:
        pass
    return tags


def _av_tags(path: Path) -> dict[str, str]:
    try:
        with av.open(str(path), options=CONTAINERS, metadata_errors="ignore") as container:
            texts = {name.lower(): text.strip() for name, text in container.metadata.items()}
    except Exception:
        texts = {}
    authors = (texts.get(name) for name in ("artist", "author", "composer"))
    return {"album": texts.get("album", ""), "author": next(filter(None, authors), "")}
