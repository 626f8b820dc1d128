"""One status on columns of many datasets."""

from collections.abc import Iterable
from dataclasses import dataclass

from model.bulk.fresh import Asked
from model.bulk.rows import Problem
from model.bulk.snapshot import Pair, Snapshot
from model.commands.verdicts import VerdictEdit


@dataclass(frozen=True)
class Cells:
    """A status for whole runs.

    Args:
        chosen: (run_number, dataset) of each.
        replaces: also where somebody decided already; else only what is open is filled.
    """

    chosen: tuple[Pair, ...]
    columns: tuple[str, ...]
    status: str
    cause: str = ""
    comment: str = ""
    replaces: bool = False


def of_cells(now: Snapshot, wish: Cells) -> tuple[list[Asked], list[Problem]]:
    """Return one edit per dataset."""
    now.load(run for run, _ in wish.chosen)
    words = (wish.status.upper(), wish.cause, wish.comment)
    return [
        Asked(0, VerdictEdit(run, name, wish.columns, spans(now, run), *words), keeps=not wish.replaces)
        for run, name in wish.chosen
    ], []


def spans(now: Snapshot, run_number: int) -> tuple[tuple[int, int], ...]:
    """Return every lumisection of a run, as an edit names them."""
    return as_edit(now.lumisections(run_number))


def as_edit(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return ranges as an edit names them."""
    return tuple((first, last) for first, last in ranges)
