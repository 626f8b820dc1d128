"""`python -m ingest products --series NAME FILE@DAY…`: lists that were official before, oldest first."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from ingest.files.text import bare_name
from model.authors import IMPORTER, Author
from model.commands.products import publish_outside
from model.db import Database
from model.errors import Invalid, NotFound
from model.golden.lists import sha256
from model.journal import Transaction, writing
from model.products import algebra
from model.products.manifest import Published
from model.products.products import product_of
from model.products.reading import read

log = logging.getLogger("ingest.products")
#: says of a product that nobody of this registry made it
OUTSIDE = Author("published outside", is_person=False)


def publish(database: Database, given: Sequence[str], series: str, source: str) -> int:
    """Make lists of history official, each as of the day it was published; all or none.

    Args:
        given: `FILE@DAY` of each, the oldest first.

    Returns: how many were new.

    Raises:
        Invalid: no such file, no day, no list, or not in order; nothing was written.
    """
    files = [_file(each) for each in given]
    with writing(database) as tx:
        algebra.require_source(tx.connection, source)
        return sum(_one(tx, path, at, series, source) for path, at in files)


def _file(given: str) -> tuple[Path, datetime]:
    name, _, day = given.rpartition("@")
    path = Path(name)
    try:
        at = datetime.fromisoformat(day)
    except ValueError as error:
        raise Invalid(f"“{given}” has no day: write FILE@2018-07-04, the day it was published.") from error
    if not path.is_file():
        raise Invalid(f"There is no file {path}.")
    return path, at if at.tzinfo else at.replace(tzinfo=UTC)


def _one(tx: Transaction, path: Path, at: datetime, series: str, source: str) -> bool:
    """Publish one list; tell whether it was new."""
    name = bare_name(path).removesuffix(".json").removesuffix(".txt")
    data = path.read_bytes()
    if _is_known(tx, name, sha256(data)):
        log.info("%s is a product already; nothing to do.", name)
        return False
    try:
        found = read(data)
    except Invalid as error:
        raise Invalid(f"{path.name}: {error} Nothing was written.") from error
    recorded, unknown = algebra.recorded(tx.connection, found.lists, source, tx.head.sequence)
    given = Published(name, series, found, sha256(data), source, recorded, unknown)
    publish_outside(tx, given, OUTSIDE, happened_at=at, importer=IMPORTER)
    for note in found.notes:
        log.warning("%s: %s", name, note)
    log.info("%s is official in %s since %s.", name, series, f"{at:%Y-%m-%d}")
    return True


def _is_known(tx: Transaction, name: str, file_sha256: str) -> bool:
    try:
        known = product_of(tx.connection, name)
    except NotFound:
        return False
    if known.manifest.get("published_sha256") != file_sha256:
        raise Invalid(f"There is a product {name} already, of other bytes: give this file another name.")
    return True
