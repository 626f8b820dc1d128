"""All that was said of one cell: what counts, what rules and programs say beside it, what happened."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from model.queries import datasets, history, proposals, verdicts
from model.queries.history import Happening
from model.queries.proposals import Proposal
from model.queries.verdicts import Verdict
from model.ranges import LumisectionRange, Ranges
from model.tables import author, dataset, term, verdict_range
from model.vocabulary import Status

_EARLIER = 40


@dataclass(frozen=True)
class Sides:
    """Every voice on one column of a dataset; verdicts in order of lumisections, history newest first.

    Args:
        replaced: what persons said before, the newest first.
    """

    lumisections: Ranges
    counts: tuple[Verdict, ...]
    overruled: tuple[Verdict, ...]
    replaced: tuple[Verdict, ...]
    proposals: tuple[Proposal, ...]
    history: tuple[Happening, ...]


def sides(connection: Connection, where: tuple[int, str], column: str, at: int) -> Sides:
    """Return what was said of a column of (run, dataset) as of a sequence.

    Raises:
        NotFound: no such run or dataset.
    """
    run_number, name = where
    datasets.dataset(connection, run_number, name, at)
    offered = proposals.proposals(connection, at, run_number=run_number, dataset_name=name)
    return Sides(
        datasets.lumisections(connection, run_number, at),
        tuple(verdicts.of_dataset(connection, *where, at, [column])[column]),
        tuple(verdicts.overruled(connection, *where, at, [column])[column]),
        tuple(_replaced(connection, where, column, at)),
        tuple(each for each in offered if each.column == column),
        tuple(history.of_cell(connection, where, column, at)),
    )


def _replaced(connection: Connection, where: tuple[int, str], column: str, at: int) -> list[Verdict]:
    named, cause, comment, v = term.alias(), term.alias(), term.alias(), verdict_range
    query = (
        select(v.c.first, v.c.last, v.c.status, cause.c.text, comment.c.text, author.c.name, v.c.since)
        .join(dataset, dataset.c.id == v.c.dataset_id)
        .join(named, named.c.id == v.c.column_id)
        .join(cause, cause.c.id == v.c.cause_id)
        .join(comment, comment.c.id == v.c.comment_id)
        .join(author, author.c.id == v.c.author_id)
        .where(dataset.c.run_number == where[0], dataset.c.name == where[1], named.c.text == column)
        .where(v.c.until <= at, author.c.is_person)
        .order_by(v.c.since.desc(), v.c.first)
        .limit(_EARLIER)
    )
    return [
        Verdict(LumisectionRange(first, last), Status(status), why, words, who, is_person=True, since=since)
        for first, last, status, why, words, who, since in connection.execute(query)
    ]
