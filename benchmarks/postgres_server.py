"""A PostgreSQL server on loopback, for the time of a block."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.dask_servers import free_port, kill
from musicregion.compute.server_start import wait_for_server
from musicregion.errors import InputError

PASSWORD = secrets.token_urlsafe(12)
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parts[-2]))
PATIENCE = 90  # seconds for the server to answer


@contextmanager
def postgres(*databases: str) -> Iterator[str]:
    """PostgreSQL with these databases; yields its address up to the database's name.

    Raises:
        InputError: it is not installed, or does not start.
    """
    import psycopg

    if not PROGRAMS:
        raise InputError("PostgreSQL is absent: apt-get install postgresql")
    programs, port = PROGRAMS[-1], free_port()
    user = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
    quiet = dict.fromkeys(("stdout", "stderr", "stdin"), subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as temporary:
        if user:
            shutil.chown(temporary, user)
        secret = Path(temporary, "password")
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        data = f"{temporary}/data"
        words = [f"{programs}/initdb", "-D", data, "-U", "team", "--locale=C", "-E", "UTF8"]
        words += ["--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync"]
        subprocess.run(words, check=True, user=user, cwd=temporary, capture_output=True)
        words = [f"{programs}/postgres", "-c", "fsync=off", "-D", data, "-p", str(port)]
        words += ["-h", "127.0.0.1", "-k", temporary]
        url = f"postgresql://team:{PASSWORD}@127.0.0.1:{port}"
        process = subprocess.Popen(words, user=user, cwd=temporary, start_new_session=True, **quiet)
        try:
            try:
                wait_for_server(
                    lambda: psycopg.connect(f"{url}/postgres").close(), process, PATIENCE
                )
            except psycopg.OperationalError as error:
                raise InputError(f"PostgreSQL did not start: {error}") from None
            with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
                for name in databases:
                    connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
            yield url
        finally:
            kill(process)
