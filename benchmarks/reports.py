"""Reports of the demo year: gathered with nothing ready, and drawn as PDF and HTML; done beside the web."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.harness import Figure, clocked
from model.cache import Cache
from model.db import Database
from model.golden.golden import GoldenRoom
from model.registry import Registry
from model.report.gather import gathered, planned
from model.report.report import Report
from model.report.scope import Asked
from reports.html import as_html
from reports.pdf import as_pdf

_TIMES = 3
_TARGET_S = 10.0
_ASKED = (Asked("era", "2024E"), Asked("week", "2024-W21"), Asked("shift", "2024-05-26T00:00Z"))


def figures(demo: Path) -> Iterator[Figure]:
    """Yield the making of each kind from an empty process and cache to the PDF, and the drawing alone."""
    database = Database(f"sqlite:///{demo.absolute()}/registry.sqlite")
    for asked in _ASKED:
        made = clocked(lambda asked=asked: as_pdf(_gathered(database, asked)), _TIMES)
        what = f"{asked.kind} {asked.scope}"
        name = f"report of a {asked.kind} gathered and drawn as PDF"
        yield Figure(name, what, made.seconds, limit_s=_TARGET_S, cpu_s=made.cpu_s)
    report = _gathered(database, _ASKED[0])
    for form, draw in (("PDF", as_pdf), ("HTML", as_html)):
        drawn = clocked(lambda draw=draw: draw(report), _TIMES)
        yield Figure(f"report drawn as {form}", f"era {report.scope}", drawn.seconds, cpu_s=drawn.cpu_s)
    database.dispose()


def _gathered(database: Database, asked: Asked) -> Report:
    registry = Registry(database, GoldenRoom(Cache()))
    with registry.reading() as connection:
        return gathered(registry, connection, planned(connection, asked, registry.clock()))
