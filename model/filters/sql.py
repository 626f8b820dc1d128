"""A filter as SQL over the summaries, as of a sequence; the same on both stores."""

import operator
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeGuard

from sqlalchemy import ColumnElement, Connection, FromClause, and_, exists, false, func, not_, or_, select, true

from model.asof import held
from model.clock import moment, to_us
from model.filters.language import NUMBERS, TEXTS, UNDECIDED, Either, Every, Filter, Leaf, Not, runs
from model.filters.undecided import undecided
from model.tables import author, cell_summary, dataset, journal, proposal, term, upstream_range, verdict_range
from model.tables import dataset_state as state_table
from model.tables import dataset_summary as summary
from model.vocabulary import GLOBAL, ONLINE, Stage, State, Status

_ORDER: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SPEAKS = (Status.GOOD.value, Status.BAD.value, Status.STANDBY.value, Status.EXCLUDED.value)
Clause = ColumnElement[bool]
_HAS_ANY: Clause = summary.c.lumisections > 0


def matching(connection: Connection, wanted: Filter, at: int, limit: int = 5_000) -> list[int]:
    """Return the ids of the datasets a filter selects, newest runs first."""
    query = (
        select(summary.c.dataset_id)
        .where(held(summary, at), clause(connection, wanted, at))
        .order_by(summary.c.run_number.desc(), summary.c.name)
        .limit(limit)
    )
    return [row.dataset_id for row in connection.execute(query)]


def clause(connection: Connection, wanted: Filter, at: int) -> Clause:
    """Return a filter as a clause on `dataset_summary`."""
    if isinstance(wanted, Every):
        return and_(true(), *(clause(connection, part, at) for part in wanted.parts))
    if isinstance(wanted, Either):
        cells = [part for part in wanted.parts if _is_cell(part)]
        rest = [clause(connection, part, at) for part in wanted.parts if not _is_cell(part)]
        return or_(false(), *_Leaves(connection, at).any_of(cells), *rest)
    if isinstance(wanted, Not):
        return not_(clause(connection, wanted.part, at))
    return _Leaves(connection, at).clause(wanted)


class _Leaves:
    """Clauses of single conditions; words become ids once, so that indexes are used."""

    def __init__(self, connection: Connection, at: int) -> None:
        self.connection, self.at = connection, at

    def clause(self, leaf: Leaf) -> Clause:
        if leaf.word in NUMBERS:
            asked = (
                undecided(self.connection, summary, self.at) if leaf.word == UNDECIDED else summary.c[leaf.word]
            )
            column = func.coalesce(asked, 0)
            return _clause(_ORDER[leaf.operands[0]](column, leaf.operands[1]))
        if leaf.word in TEXTS:
            return self._text(leaf.word, *leaf.operands)
        found: Clause = getattr(self, f"_{leaf.word}")(*leaf.operands)
        return found

    def any_of(self, cells: Sequence[Leaf]) -> Iterator[Clause]:
        """Yield what holds where any of some cells has a status somewhere; the table is asked once for all."""
        columns: dict[str, set[int]] = defaultdict(set)
        for column, status, *_ in (leaf.operands for leaf in cells):
            columns[column].add(Status[status].value)
        of: dict[frozenset[int], list[int]] = defaultdict(list)
        for column, statuses in columns.items():
            of[frozenset(statuses)].append(self._id(column))
        c = cell_summary.alias()
        if of:
            alike = [and_(c.c.column_id.in_(ids), c.c.status.in_(sorted(s))) for s, ids in of.items()]
            yield exists().where(c.c.dataset_id == summary.c.dataset_id, held(c, self.at), or_(*alike))
        for column, statuses in columns.items():
            if Status.EMPTY.value in statuses:
                yield and_(not_(exists().where(*self._here(cell_summary.alias(), column))), _HAS_ANY)

    def _here(self, c: FromClause, column: str) -> tuple[Clause, ...]:
        return c.c.dataset_id == summary.c.dataset_id, c.c.column_id == self._id(column), held(c, self.at)

    def _text(self, word: str, how: str, said: str) -> Clause:
        if how == "contains":
            return _clause(func.lower(summary.c[word]).contains(said.lower(), autoescape=True))
        return _clause(_ORDER[how](summary.c[word], said))

    def _state(self, workspace: str, state: str) -> Clause:
        def in_workspace(name: str) -> Any:
            s = state_table.alias()
            where = (s.c.dataset_id == summary.c.dataset_id, s.c.workspace_id == self._id(name))
            return select(s.c.state).where(*where, held(s, self.at)).scalar_subquery()

        own = func.coalesce(in_workspace(workspace), in_workspace(GLOBAL), State.OPEN.value)
        return or_(
            and_(summary.c.name == ONLINE, summary.c.run_state == state),
            and_(summary.c.name != ONLINE, own == state),
        )

    def _cell(self, column: str, status: str, how: str, least: float = 0) -> Clause:
        c = cell_summary.alias()
        here = self._here(c, column)
        enough: list[Clause] = []
        of_all: list[Clause] = [_HAS_ANY]
        if how == "all":
            enough.append(_clause(c.c.lumisections == summary.c.lumisections))
        if how == "lumisections":
            enough.append(_clause(c.c.lumisections >= least))
            of_all.append(_clause(summary.c.lumisections >= least))
        if how == "invpb":
            enough.append(_clause(c.c.recorded_invpb >= least))
            of_all.append(_clause(func.coalesce(summary.c.recorded_invpb, 0) >= least))
        found: Clause = exists().where(*here, c.c.status == Status[status].value, *enough)
        if status == Status.EMPTY.name:
            # a column on which nobody spoke has no row: it is EMPTY wherever a lumisection exists
            found = or_(found, and_(not_(exists().where(*here)), *of_all))
        return not_(found) if how == "none" else found

    def _bit(self, bit: str, column: str, status: str) -> Clause:
        v, u, online = verdict_range.alias(), upstream_range.alias(), dataset.alias()
        return exists().where(
            v.c.dataset_id == summary.c.dataset_id,
            v.c.column_id == self._id(column),
            v.c.status == Status[status].value,
            held(v, self.at),
            online.c.run_number == summary.c.run_number,
            online.c.name == ONLINE,
            u.c.dataset_id == online.c.id,
            u.c.attribute_id == self._id(bit),
            u.c.value_id == self._id("false"),
            held(u, self.at),
            v.c.first <= u.c.last,
            u.c.first <= v.c.last,
        )

    def _says(self, words: str) -> Clause:
        v = verdict_range.alias()
        found = func.lower(term.c.text).contains(words.strip().lower(), autoescape=True)
        ids = [row.id for row in self.connection.execute(select(term.c.id).where(found))]
        return exists().where(
            v.c.dataset_id == summary.c.dataset_id,
            held(v, self.at),
            or_(v.c.comment_id.in_(ids), v.c.cause_id.in_(ids)),
        )

    def _by(self, name: str) -> Clause:
        v = verdict_range.alias()
        ids = [row.id for row in self.connection.execute(select(author.c.id).where(author.c.name == name))]
        return exists().where(v.c.dataset_id == summary.c.dataset_id, held(v, self.at), v.c.author_id.in_(ids))

    def _started(self, how: str, when: str) -> Clause:
        start = summary.c.start_us
        return and_(start.is_not(None), _ORDER[how](start, _us(when)))

    def _significant(self) -> Clause:
        return summary.c.is_significant.is_(True)

    def _runs(self, text: str) -> Clause:
        return or_(false(), *(summary.c.run_number.between(first, last) for first, last in runs(text)))

    def _since(self, when: int | str) -> Clause:
        v = verdict_range.alias()
        sequence = when if isinstance(when, int) else self._first_after(when)
        return exists().where(v.c.dataset_id == summary.c.dataset_id, held(v, self.at), v.c.since >= sequence)

    def _disagrees(self, column: str, stage: str) -> Clause:
        mine, theirs, other = verdict_range.alias(), verdict_range.alias(), summary.alias()
        column_id = self._id(column)
        return exists().where(
            other.c.run_number == summary.c.run_number,
            other.c.stage == Stage(stage).value,
            other.c.dataset_id != summary.c.dataset_id,
            held(other, self.at),
            mine.c.dataset_id == summary.c.dataset_id,
            theirs.c.dataset_id == other.c.dataset_id,
            mine.c.column_id == column_id,
            theirs.c.column_id == column_id,
            held(mine, self.at),
            held(theirs, self.at),
            mine.c.status.in_(_SPEAKS),
            theirs.c.status.in_(_SPEAKS),
            mine.c.status != theirs.c.status,
            mine.c.first <= theirs.c.last,
            theirs.c.first <= mine.c.last,
        )

    def _proposed(self) -> Clause:
        return exists().where(proposal.c.dataset_id == summary.c.dataset_id, held(proposal, self.at))

    def _first_after(self, text: str) -> int:
        told = journal.c.recorded_us <= _us(text)
        return int(self.connection.execute(select(func.max(journal.c.sequence)).where(told)).scalar() or 0) + 1

    def _id(self, text: str) -> int:
        found = self.connection.execute(select(term.c.id).where(term.c.text == text)).scalar()
        # a word nobody has used yet is in no row
        return -1 if found is None else int(found)


def _is_cell(part: Filter) -> TypeGuard[Leaf]:
    return isinstance(part, Leaf) and part.word == "cell" and part.operands[2] == "any"


def _us(text: str) -> int:
    at = moment(text)
    return to_us(at) if at else 0


def _clause(found: Any) -> Clause:
    clause_: Clause = found
    return clause_
