"""A filter of the published client as SQL, and the page of rows that it selects; the same on both stores."""

import json
import operator
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    false,
    func,
    literal,
    not_,
    nulls_last,
    or_,
    select,
    true,
)

from model.asof import held
from model.classic.keys import IN_GUI, NAME, Keys
from model.classic.language import CONTAINS, MOST_CONDITIONS, Filter, Joint, Leaf, Value
from model.classic.values import Faces
from model.errors import Invalid
from model.tables import dataset_summary as summary
from model.tables import run_fact
from model.vocabulary import ONLINE

Clause = ColumnElement[bool]
#: what a parser of SQL takes; what is nested deeper is put together here
_SHALLOW = 12
#: of a number of a run
_DIGITS = 18
_ORDER: Mapping[str, Callable[[Any, Any], Any]] = MappingProxyType(
    {
        "=": operator.eq,
        "<>": operator.ne,
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
        "in": lambda column, values: column.in_(values),
        "not in": lambda column, values: column.not_in(values),
    }
)


@dataclass(frozen=True)
class Row:
    """A dataset that stands in a page, or the online one that stands for a run."""

    dataset_id: int
    run_number: int
    name: str
    lumisections: int


@dataclass(frozen=True)
class Page:
    """A page of rows, and how many there are in all."""

    rows: tuple[Row, ...]
    count: int


class Table:
    """The runs, or the datasets, that a client sees as of a sequence."""

    def __init__(self, connection: Connection, at: int, *, of_runs: bool) -> None:
        self.connection = connection
        self.keys = Keys(connection, at, of_runs=of_runs)
        shown = summary.c.name == ONLINE if of_runs else ~summary.c.is_hidden
        self._shown = (held(summary, at), shown)
        self._same_run = (run_fact.c.run_number == summary.c.run_number, held(run_fact, at))

    def page(self, wanted: Filter, order: Sequence[tuple[str, bool]], first: int, many: int) -> Page:
        """Return the rows from a place on.

        Args:
            order: keys, and whether each is descending; rows alike in all stand newest run first, by name.

        Raises:
            Invalid: a key that does not exist, or a value that it cannot be compared with.
        """
        require_few(wanted)
        by = [*(part for key, down in order for part in self._by(key, is_descending=down))]
        if isinstance(wanted, Joint) and wanted.depth > _SHALLOW:
            return self._put_together(wanted, by, first, many)
        where = self.clause(wanted)
        query = self._select(func.count().over().label("total")).where(where)
        found = self.connection.execute(self._ordered(query, by).limit(many).offset(first)).all()
        if found or not first:
            return Page(tuple(Row(*row[:4]) for row in found), found[0].total if found else 0)
        rows = self._select().where(where).subquery()
        return Page((), int(self.connection.execute(select(func.count()).select_from(rows)).scalar_one()))

    def clause(self, wanted: Filter) -> Clause:
        """Return a filter as a clause."""
        if isinstance(wanted, Leaf):
            return self._leaf(wanted)
        if wanted.is_every:
            return and_(true(), *(self.clause(part) for part in wanted.parts))
        return or_(false(), *(self.clause(part) for part in _gathered(wanted.parts)))

    def _put_together(self, wanted: Joint, by: Sequence[Any], first: int, many: int) -> Page:
        chosen = self._ids(wanted)
        rows = [Row(*row) for row in self.connection.execute(self._ordered(self._select(), by))]
        found = [row for row in rows if row.dataset_id in chosen]
        return Page(tuple(found[first : first + many]), len(found))

    def _ids(self, wanted: Filter) -> set[int]:
        if isinstance(wanted, Leaf) or wanted.depth <= _SHALLOW:
            where = self.clause(wanted)
            query = self._select().where(where)
            return {row.dataset_id for row in self.connection.execute(query)}
        parts = (self._ids(part) for part in wanted.parts)
        return set.intersection(*parts) if wanted.is_every else set.union(*parts)

    def _select(self, *more: Any) -> Select[Any]:
        s = summary
        columns = (s.c.dataset_id, s.c.run_number, s.c.name, s.c.lumisections, *more)
        # a run's document is joined where a filter or an order asks for it: all of them are built by now
        return select(*columns).where(*self._shown, *(self._same_run if self.keys.reads_run else ()))

    def _ordered(self, query: Select[Any], by: Sequence[Any]) -> Select[Any]:
        name = self.keys.faces(NAME).text if not self.keys.of_runs else None
        last = [] if name is None else [name.asc()]
        return query.order_by(*by, summary.c.run_number.desc(), *last)

    def _by(self, key: str, *, is_descending: bool) -> list[Any]:
        if "-" in key and "." not in key:
            return [_way(self.keys.not_good(key), is_descending=is_descending)]
        faces = self.keys.faces(key)
        known = [face for face in (faces.truth, faces.number, faces.text) if face is not None]
        some = known[:1] if faces.is_plain else known
        return [_way(face, is_descending=is_descending) for face in some]

    def _leaf(self, leaf: Leaf) -> Clause:
        faces = self.keys.faces(leaf.key)
        if leaf.key == IN_GUI:
            return _of_samples(faces, leaf)
        if leaf.values == (None,):
            return self._unknown(faces, leaf)
        if leaf.how in ("like", "notlike"):
            if faces.text is None:
                return false()
            pattern = str(leaf.values[0])
            how = faces.text.ilike if leaf.how == "like" else faces.text.not_ilike
            return how(pattern, escape="\\")
        by_type: dict[type, list[Value]] = defaultdict(list)
        for value in leaf.values:
            face, plain = _typed(faces, leaf.key, value)
            by_type[face].append(plain)
        found = [self._compared(leaf, faces, face, values) for face, values in by_type.items()]
        return and_(true(), *found) if leaf.how == "not in" else or_(false(), *found)

    def _compared(self, leaf: Leaf, faces: Faces, face: type, values: list[Value]) -> Clause:
        compare = _ORDER[leaf.how]
        operand = values if leaf.how in ("in", "not in") else values[0]
        if (
            face is float
            and (cell := self.keys.exists_cell(leaf.key, lambda n: compare(n, operand))) is not None
        ):
            return cell
        column = {float: faces.number, bool: faces.truth, str: faces.text}[face]
        if column is None:
            return false()
        bound = literal(operand) if face is bool and isinstance(operand, bool) else operand
        found: Clause = compare(column, bound)
        return found

    def _unknown(self, faces: Faces, leaf: Leaf) -> Clause:
        is_there = self.keys.exists_cell(leaf.key)
        if is_there is None:
            is_there = false() if faces.text is None else faces.text.is_not(None)
        return not_(is_there) if leaf.how == "=" else is_there


def require_few(wanted: Filter) -> None:
    """Let through a filter that can be answered in time; any number of equalities of one key is one condition.

    Raises:
        Invalid: it has too many conditions.
    """
    if _conditions(wanted) > MOST_CONDITIONS:
        raise Invalid(f"A filter has at most {MOST_CONDITIONS} conditions besides values of one key.")


def _conditions(wanted: Filter) -> int:
    if isinstance(wanted, Leaf):
        return 1
    return sum(map(_conditions, wanted.parts if wanted.is_every else _gathered(wanted.parts)))


def _gathered(parts: Sequence[Filter]) -> list[Filter]:
    """Return alternatives with the equalities of each key as one list of values."""
    values: dict[str, list[Value]] = defaultdict(list)
    rest: list[Filter] = []
    for part in parts:
        if isinstance(part, Leaf) and part.how in ("=", "in") and part.values != (None,):
            values[part.key] += part.values
        else:
            rest.append(part)
    return [*(Leaf(key, "in", tuple(some)) for key, some in values.items()), *rest]


def _typed(faces: Faces, key: str, value: Value) -> tuple[type, Value]:
    """Return a value, and as what it compares."""
    if isinstance(value, bool):
        found: tuple[type, Value] = (bool, value)
    elif isinstance(value, str):
        is_number = faces.is_plain and faces.number is not None
        found = (float, _number(key, value)) if is_number else (str, value)
    else:
        found = (float, value)
    if faces.is_plain and {float: faces.number, bool: faces.truth, str: faces.text}[found[0]] is None:
        raise Invalid(f"{key} cannot be compared with {str(value).lower()}.")
    return found


def _number(key: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < _DIGITS):
        raise Invalid(f"{key} cannot be compared with “{text[:40]}”, which is no number.")
    return int(text)


def _of_samples(faces: Faces, leaf: Leaf) -> Clause:
    if leaf.values == (None,):
        return false() if leaf.how == "=" else true()
    if leaf.how not in (CONTAINS, "=", "<>", "in", "not in") or not all(
        isinstance(v, str) for v in leaf.values
    ):
        raise Invalid(f"{IN_GUI} holds names of samples: it contains one, or does not.")
    assert faces.text is not None
    some = or_(false(), *(faces.text.contains(json.dumps(v), autoescape=True) for v in leaf.values))
    return not_(some) if leaf.how in ("<>", "not in") else some


def _way(column: Any, *, is_descending: bool) -> Any:
    # what nobody knows stands last, whichever way
    return nulls_last(column.desc() if is_descending else column.asc())
