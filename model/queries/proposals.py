"""What outside programs propose, and how often people agreed with them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select

from model.asof import held
from model.ranges import LumisectionRange, Valued, overlay
from model.tables import dataset, proposal, term
from model.vocabulary import Status

#: status, score, version and reason of a proposal
Word = tuple[Status, float | None, str, str]


@dataclass(frozen=True)
class Proposal:
    """A status that a program proposes on lumisections; effective only when a person accepts it."""

    id: int
    run_number: int
    dataset: str
    column: str
    span: LumisectionRange
    status: Status
    score: float | None
    program: str
    version: str
    reason: str


@dataclass(frozen=True)
class Agreement:
    """What became of a program's proposals; pieces that it replaced itself count for nothing."""

    program: str
    accepted: int
    rejected: int
    open: int

    @property
    def share(self) -> float | None:
        """Return the share of answered proposals that were accepted, None where none was answered."""
        answered = self.accepted + self.rejected
        return self.accepted / answered if answered else None


def proposals(
    connection: Connection,
    at: int,
    *,
    run_number: int | None = None,
    dataset_name: str | None = None,
    program: str | None = None,
) -> list[Proposal]:
    """Return what was open at a sequence, in order of run, dataset, column and lumisection."""
    where: list[ColumnElement[bool]] = [held(proposal, at)]
    if run_number is not None:
        where.append(dataset.c.run_number == run_number)
    if dataset_name is not None:
        where.append(dataset.c.name == dataset_name)
    found = _read(connection, where)
    return [each for each in found if program is None or each.program == program]


def last_words(
    connection: Connection, where: tuple[int, str], program: str, at: int
) -> dict[str, list[Valued[Word]]]:
    """Return what a program said last of each lumisection of (run, dataset), per column, answered or not."""
    p, programs = proposal, term.alias()
    of_program = select(programs.c.id).where(programs.c.text == program).scalar_subquery()
    here = [p.c.since <= at, p.c.program_id == of_program]
    here += [dataset.c.run_number == where[0], dataset.c.name == where[1]]
    found: dict[str, list[Valued[Word]]] = {}
    for each in sorted(_read(connection, here), key=lambda each: each.id):
        word = (each.status, each.score, each.version, each.reason)
        found[each.column] = overlay(found.get(each.column, ()), (each.span,), word)
    return found


def by_id(connection: Connection, ids: Sequence[int], at: int) -> dict[int, Proposal]:
    """Return those of some proposals that were open at a sequence."""
    found: dict[int, Proposal] = {}
    for start in range(0, len(ids), 500):
        where = [held(proposal, at), proposal.c.id.in_(ids[start : start + 500])]
        found.update((each.id, each) for each in _read(connection, where))
    return found


def agreement(connection: Connection, at: int) -> list[Agreement]:
    """Return how people answered each program, as of a sequence."""
    p = proposal
    closed = (
        select(term.c.text, p.c.answer, func.count())
        .join(term, term.c.id == p.c.program_id)
        .where(p.c.since <= at, p.c.until <= at)
        .group_by(term.c.text, p.c.answer)
    )
    still = (
        select(term.c.text, func.count())
        .join(term, term.c.id == p.c.program_id)
        .where(held(p, at))
        .group_by(term.c.text)
    )
    counts: dict[str, dict[str, int]] = {}
    for program, word, n in connection.execute(closed):
        counts.setdefault(program, {})[word] = n
    for program, n in connection.execute(still):
        counts.setdefault(program, {})["open"] = n
    return [
        Agreement(program, n.get("accepted", 0), n.get("rejected", 0), n.get("open", 0))
        for program, n in sorted(counts.items())
    ]


def _read(connection: Connection, where: Sequence[ColumnElement[bool]]) -> list[Proposal]:
    column, program, version, reason = term.alias(), term.alias(), term.alias(), term.alias()
    p = proposal
    query = (
        select(p.c.id, dataset.c.run_number, dataset.c.name, column.c.text.label("column"))
        .add_columns(p.c.first, p.c.last, p.c.status, p.c.score)
        .add_columns(program.c.text.label("program"), version.c.text.label("version"))
        .add_columns(reason.c.text.label("reason"))
        .join(dataset, dataset.c.id == p.c.dataset_id)
        .join(column, column.c.id == p.c.column_id)
        .join(program, program.c.id == p.c.program_id)
        .join(version, version.c.id == p.c.version_id)
        .join(reason, reason.c.id == p.c.reason_id)
        .where(*where)
        .order_by(dataset.c.run_number, dataset.c.name, column.c.text, p.c.first, p.c.id)
    )
    return [
        Proposal(
            row.id,
            row.run_number,
            row.name,
            row.column,
            LumisectionRange(row.first, row.last),
            Status(row.status),
            row.score,
            row.program,
            row.version,
            row.reason,
        )
        for row in connection.execute(query)
    ]
