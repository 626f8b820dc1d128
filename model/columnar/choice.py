"""Which datasets rows are read of, and in which pieces of a like number of lumisections."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from model.asof import held
from model.errors import NotFound
from model.frames.refs import require_pattern
from model.tables import dataset_summary

#: gives a snapshot to read from; what held at a sequence is the same in each
Reading = Callable[[], AbstractContextManager[Connection]]
Spans = tuple[tuple[int, int], ...]
#: rows of a piece, unless one dataset alone has more
PIECE = 8_192
ANY = "%"


@dataclass(frozen=True)
class Dataset:
    """A dataset with what stands in each of its rows."""

    id: int
    run_number: int
    name: str
    stage: str
    era: str
    run_class: str
    fill_number: int | None
    lumisections: int


def chosen(connection: Connection, at: int, pattern: str = ANY, runs: Spans = ()) -> list[Dataset]:
    """Return the datasets that are not hidden, in order of runs and names.

    Args:
        pattern: LIKE pattern of names (`%` any text).
        runs: [first, last] run numbers, inclusive; all where empty.

    Raises:
        Invalid: no pattern.
        NotFound: a run that is named alone is not there, or no dataset is chosen.
    """
    require_pattern(pattern)
    s = dataset_summary
    columns = (s.c.dataset_id, s.c.run_number, s.c.name, s.c.stage, s.c.era, s.c.run_class)
    query = (
        select(*columns, s.c.fill_number, s.c.lumisections)
        .where(held(s, at), ~s.c.is_hidden, s.c.name.like(pattern, escape="\\"))
        .order_by(s.c.run_number, s.c.dataset_id)
    )
    if runs:
        _require_runs(connection, at, runs)
        query = query.where(or_(*(s.c.run_number.between(first, last) for first, last in runs)))
    found = [Dataset(*row) for row in connection.execute(query)]
    if not found and (runs or pattern != ANY):
        among = f" of runs {_said(runs)}" if runs else ""
        raise NotFound(f"No dataset{among} is named {pattern} (% stands for any text).")
    # by code points: a store has an order of its own
    return sorted(found, key=lambda each: (each.run_number, each.name))


def pieces(datasets: Sequence[Dataset], size: int = PIECE) -> Iterator[list[Dataset]]:
    """Yield datasets in pieces that begin with a run of their own; the same for the same datasets."""
    piece: list[Dataset] = []
    rows = 0
    for each in datasets:
        if piece and rows + each.lumisections > size and each.run_number != piece[-1].run_number:
            yield piece
            piece, rows = [], 0
        piece.append(each)
        rows += each.lumisections
    if piece:
        yield piece


def _require_runs(connection: Connection, at: int, runs: Spans) -> None:
    s = dataset_summary
    alone = {first for first, last in runs if first == last}
    query = select(s.c.run_number).where(held(s, at), s.c.run_number.in_(sorted(alone)))
    if missing := sorted(alone - set(connection.execute(query.distinct()).scalars())):
        raise NotFound(f"The registry has no run {', '.join(map(str, missing[:10]))}.")


def _said(runs: Spans) -> str:
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs[:10])
