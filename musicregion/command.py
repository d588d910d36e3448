"""The one place where an error becomes a sentence and exit status 1, for stages and commands."""

import errno
import sys
from collections.abc import Callable

from musicregion.errors import MusicRegionError

FULL_DISK = (errno.ENOSPC, errno.EDQUOT)


def run(main: Callable[[], int | None]) -> None:
    """Call `main` and end the process with the exit status that it returns (None: 0)."""
    try:
        status = main()
    except MusicRegionError as error:
        sys.exit(str(error))
    except OSError as error:
        if error.errno not in FULL_DISK:
            raise
        path = f" ({error.filename})" if error.filename else ""
        sys.exit(
            f"The disk is full{path}. Free some space, then run the command again: it continues "
            "where it stopped."
        )
    sys.exit(status)
