"""What a file says of itself: tags, and how long it lasts."""

from pathlib import Path

import soundfile

from musicregion.audio.decode import CONTAINERS


def read_tags(path: Path) -> dict[str, str]:
    """The album and the author (artist or composer) that the file's own tags name."""
    import av

    try:
        with soundfile.SoundFile(path) as file:
            found = {"album": file.album, "author": file.artist}
    except Exception:  # see _told
        try:
            with av.open(str(path), options=CONTAINERS, metadata_errors="ignore") as container:
                told = {name.lower(): text for name, text in container.metadata.items()}
        except Exception:
            told = {}
        author = told.get("artist") or told.get("composer", "")
        found = {"album": told.get("album", ""), "author": author}
    return {name: text.strip() for name, text in found.items()}


def read_duration(path: Path) -> float | None:
    """Seconds that the file says it lasts; NaN where it does not say, None where it is no audio.

    Decoding tells the truth.
    """
    import av

    try:
        return soundfile.info(path).duration
    except Exception:  # see _told
        pass
    try:
        with av.open(str(path), options=CONTAINERS, metadata_errors="ignore") as container:
            if not container.streams.audio:
                return None
            return container.duration / av.time_base if container.duration else float("nan")
    except Exception:
        return None
