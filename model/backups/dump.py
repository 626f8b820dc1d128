"""A dump of PostgreSQL's own beside the journal, for database administrators; a backup is whole without it."""

import logging
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

FILE = "registry.dump"
log = logging.getLogger("run-registry.backup")


def write(url: str, connection: Connection, making: Path) -> None:
    """Let pg_dump write what this very snapshot sees; say why not where there is none, or it is too old."""
    program = shutil.which("pg_dump")
    if program is None:
        log.info("There is no pg_dump here: the backup is the journal alone.")
        return
    snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
    named = make_url(url)
    # the password goes by the environment: arguments are seen by everybody on the machine
    secret = {} if named.password is None else {"PGPASSWORD": str(named.password)}
    asked = named.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    command = [
        program,
        "--format=custom",
        f"--snapshot={snapshot}",
        f"--file={making / FILE}",
        f"--dbname={asked}",
    ]
    done = subprocess.run(command, env=secret, capture_output=True, text=True, check=False)
    if done.returncode:
        (making / FILE).unlink(missing_ok=True)
        said = (done.stderr.strip().splitlines() or ["it does not say why"])[-1]
        log.warning("pg_dump wrote nothing (%s): the backup is the journal alone.", said)
