"""Make a report in a process of its own, so that no request waits for it and no worker is held up."""

import multiprocessing
from uuid import uuid4

from model.authors import Author
from model.errors import RunRegistryError
from model.golden.golden import GoldenRoom
from model.journal import sequence_now
from model.registry import Registry, registry
from model.report.freeze import freeze
from model.report.kept import Kept, body_of, report_of
from model.report.orders import Order, keep
from model.report.report import read
from model.report.scope import Asked
from reports.kept import kept_pdf

_HERE = multiprocessing.get_context("fork")


def new() -> str:
    """Return a name under which one is going to ask how far a report is."""
    return uuid4().hex


def begin(name: str, asked: Asked, by: Author) -> None:
    """Begin to make a report; its order has this name."""
    keep(registry().golden.cache, name, Order())
    _HERE.Process(target=work, args=(name, asked, by), daemon=True).start()


def work(name: str, asked: Asked, by: Author) -> None:
    """Make it, and say how it ended."""
    here = registry()
    cache = here.golden.cache
    # rooms of one's own: a lock of the parent's may have been held when this process began
    own = Registry(here.database, GoldenRoom(cache), here.clock)
    try:
        found = freeze(own, asked, by, lambda _, done, of: keep(cache, name, Order("making", done, of)))
        draw(own, found)
    except RunRegistryError as error:
        keep(cache, name, Order("refused", error=error.code, message=str(error)))
        return
    keep(cache, name, Order("frozen", report=found.name))


def draw(own: Registry, found: Kept) -> bytes:
    """Return the PDF of a frozen report; whoever asks again finds it drawn."""
    with own.reading() as connection:
        body = body_of(connection, report_of(connection, found.name, sequence_now(connection)))
    return kept_pdf(own.golden.cache, read(body))
