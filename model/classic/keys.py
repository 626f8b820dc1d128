"""What each key of a filter or an order means: an expression over the summaries and documents of a sequence."""

from functools import cached_property
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Text,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
)

from model.asof import held
from model.classic.values import Document, Faces, exact
from model.errors import Invalid
from model.queries import datasets
from model.tables import cell_summary, run_fact, term
from model.tables import dataset_state as state_table
from model.tables import dataset_summary as summary
from model.vocabulary import GLOBAL, ONLINE, State, Status, workspace_of

Clause = ColumnElement[Any]
RUN_NUMBER, NAME, IN_GUI = "run_number", "name", "datasets_in_gui"
_PLAIN_OF_RUNS, _PLAIN = (RUN_NUMBER,), (RUN_NUMBER, NAME, IN_GUI)
OMS, OWN, ATTRIBUTES, TRIPLETS = "oms_attributes", "rr_attributes", "dataset_attributes", "triplet_summary"
INCLUDED, STATE = "_included", "_state"
#: any dataset but the online one is certified in these columns
OFFLINE = "offline"


class Keys:
    """The keys of one question, as of a sequence.

    Args:
        of_runs: the question is for runs, each of which its online dataset stands for.
    """

    def __init__(self, connection: Connection, at: int, *, of_runs: bool) -> None:
        self.connection, self.at, self.of_runs = connection, at, of_runs
        self.is_sqlite = connection.dialect.name == "sqlite"
        #: whether anything asks what is known of a run beyond its summary
        self.reads_run = False

    @property
    def run(self) -> Document:
        """What is known of the run, to be joined."""
        self.reads_run = True
        return Document(run_fact.c.document, is_sqlite=self.is_sqlite)

    def faces(self, key: str) -> Faces:
        """Return what a key stands for.

        Raises:
            Invalid: there is no such column.
        """
        head, _, rest = key.partition(".")
        if not rest:
            return self._plain(head)
        if head == TRIPLETS:
            column, _, status = rest.rpartition(".")
            return Faces(number := self.lumisections(column, status), cast(number, Text))
        if head == ATTRIBUTES and not self.of_runs:
            return self._attribute(rest)
        if head == OWN:
            return self._own(rest)
        if head == OMS:
            return self._oms(rest)
        raise self.unknown(key)

    def unknown(self, key: str) -> Invalid:
        """Return the refusal of a key that means nothing."""
        plain = ", ".join(_PLAIN_OF_RUNS if self.of_runs else _PLAIN)
        heads = (OMS, OWN, TRIPLETS) if self.of_runs else (OMS, OWN, ATTRIBUTES, TRIPLETS)
        what = "runs" if self.of_runs else "datasets"
        return Invalid(f"{key} is no column of {what}: there are {plain}, and {', '.join(heads)} with a dot.")

    def _plain(self, key: str) -> Faces:
        if key == RUN_NUMBER:
            return Faces(summary.c.run_number, self._exact(cast(summary.c.run_number, Text)), is_plain=True)
        if key in _PLAIN and not self.of_runs:
            return Faces(text=self._exact(summary.c.name if key == NAME else summary.c.in_gui), is_plain=True)
        raise self.unknown(key)

    def _own(self, name: str) -> Faces:
        if name == "significant":
            truth = func.coalesce(summary.c.is_significant, false())
            return Faces(text=case((truth, "true"), else_="false"), truth=truth)
        column = {"class": "run_class", "state": "run_state", "stop_reason": "stop_reason"}.get(name)
        return Faces(text=self._exact(summary.c[column])) if column else self.run.faces("registry", name)

    def _oms(self, name: str) -> Faces:
        if name == RUN_NUMBER:
            return Faces(summary.c.run_number, cast(summary.c.run_number, Text))
        if name == "ls_duration":
            return Faces(summary.c.lumisections, cast(summary.c.lumisections, Text))
        found = self.run.faces("upstream", name)
        if not name.endswith(INCLUDED) or found.truth is None:
            return found
        # what was not in a run has no such key, and a run that only lists its components has them all
        listed = self.run.faces("upstream", "components").text
        named = func.lower(listed).contains(f'"{name.removesuffix(INCLUDED)}"', autoescape=True)
        truth = case((or_(found.truth.is_(True), named), True), else_=null())
        return Faces(text=case((truth, "true"), else_=null()), truth=truth)

    def _attribute(self, name: str) -> Faces:
        workspace = name.removesuffix(STATE)
        if workspace == name:
            return Faces()
        own, everywhere = self._state_in(workspace), self._state_in(GLOBAL)
        if workspace in self.workspaces:
            own = func.coalesce(own, everywhere, State.OPEN.value)
        return Faces(text=self._exact(case((summary.c.name != ONLINE, own), else_=null())))

    @cached_property
    def workspaces(self) -> tuple[str, ...]:
        """The workspaces that every offline dataset has a state in."""
        return workspaces(self.connection, self.at)

    def _state_in(self, workspace: str) -> Clause:
        s = state_table.alias()
        query = select(s.c.state).where(s.c.dataset_id == summary.c.dataset_id, held(s, self.at))
        return query.where(s.c.workspace_id == self._id(workspace)).scalar_subquery()

    def lumisections(self, column: str, status: str) -> Clause:
        """Return how many lumisections of a column have a status; NULL where the summary does not say."""
        if status not in Status.__members__:
            return null()
        c = cell_summary.alias()
        found: Clause = select(c.c.lumisections).where(*self._cell(c, column, status)).scalar_subquery()
        if status != Status.EMPTY.name:
            return found
        # a column on which nobody spoke has no row: it is EMPTY on every lumisection
        some = exists().where(*self._cell(cell_summary.alias(), column))
        left = case((self._is_listed(column), summary.c.lumisections), else_=null())
        return case((some, func.coalesce(found, 0)), else_=left)

    def _cell(self, c: FromClause, column: str, status: str = "") -> list[Clause]:
        where = [c.c.dataset_id == summary.c.dataset_id, c.c.column_id == self._id(column), held(c, self.at)]
        return [*where, c.c.status == Status[status].value] if status else where

    def _is_listed(self, column: str) -> Clause:
        is_online = summary.c.name == ONLINE
        named = [(is_online, ONLINE)] if self.of_runs else [(is_online, ONLINE), (~is_online, OFFLINE)]
        listed = [
            where for where, name in named if column in datasets.certifiable(self.connection, name, self.at)
        ]
        return or_(false(), *listed)

    def exists_cell(self, key: str, *more: Any) -> Clause | None:
        """Return whether a count of lumisections is there; None where a key is no such count, or EMPTY."""
        head, _, rest = key.partition(".")
        column, _, status = rest.rpartition(".")
        if head != TRIPLETS or status not in Status.__members__ or status == Status.EMPTY.name:
            return None
        c = cell_summary.alias()
        return exists().where(and_(*self._cell(c, column, status), *(part(c.c.lumisections) for part in more)))

    def not_good(self, column: str) -> Clause:
        """Return how many lumisections of a column are not GOOD: what an order by a column is by."""
        good = func.coalesce(self.lumisections(column, Status.GOOD.name), literal(0))
        return summary.c.lumisections - good

    def _exact(self, text: Clause) -> Clause:
        return exact(text, is_sqlite=self.is_sqlite)

    def _id(self, word: str) -> int:
        found = self.connection.execute(select(term.c.id).where(term.c.text == word)).scalar()
        return -1 if found is None else int(found)


def workspaces(connection: Connection, at: int) -> tuple[str, ...]:
    """Return the workspaces that every offline dataset has a state in, `global` first."""
    columns = datasets.certifiable(connection, OFFLINE, at)
    return tuple(dict.fromkeys((GLOBAL, *(workspace_of(column) for column in columns))))
