"""The grid over HTTP: its rows, what changed in them, and the edits that leave it as one batch."""

from dataclasses import asdict
from typing import Any

from pydantic import Field
from sqlalchemy import Connection

from api.answers.grid import Grid, GridAnswers, GridChanges
from api.contract.noun import AsOf, Sent, noun
from api.contract.reads import reading
from api.contract.writes import once
from identity.here import asker
from model import asof
from model.filters.language import parse
from model.grid.choice import Choice, chosen
from model.grid.edits import CellEdit, Group, carry_out
from model.grid.grid import Question, columns_of
from model.presence import greet
from model.queries import runs
from model.registry import registry
from model.vocabulary import GLOBAL, Stage

blueprint = noun("grid", "/grid")
#: what one batch may hold; a browser sends what a hand has typed
_MOST_GROUPS = 500


class Which(Sent):
    """Which grid."""

    workspace: str = Field(GLOBAL, description="owner of the columns; global has all certifiable ones")
    stage: Stage = Field(Stage.PROMPT, description="online, express, prompt or rereco")
    first_run: int | None = None
    last_run: int | None = None
    cycle: str = Field("", description="name of a cycle")
    hidden: bool = Field(False, description="the datasets that somebody hid, and only those")
    where: str = Field("", description="filter as JSON, see model/filters/language.py")


class GridQuery(Which, AsOf):
    """Which grid, as of when."""


class ChangesQuery(Which):
    """The same grid, for somebody who has read it up to a sequence."""

    since: int = Field(description="sequence up to which the rows are known")
    looking_at: str = Field("", description="row and column, for the others to see")


class Cells(Sent):
    """Columns of one dataset; without ranges every lumisection of the run is meant."""

    run_number: int
    dataset: str
    columns: list[str] = Field(default_factory=list)
    ranges: list[tuple[int, int]] = Field(default_factory=list)


class CellsEdit(Sent):
    """One press of a key: a status on cells, a move of datasets, or the undoing of an action."""

    key: str = Field(description="any text; the answer carries it", max_length=80)
    seen: int = Field(description="sequence at which the cells were read")
    cells: list[Cells] = Field(default_factory=list)
    status: str = ""
    cause: str = ""
    comment: str = ""
    move: tuple[str, str, str] | None = Field(None, description="workspace, from state, to state")
    hidden: bool | None = Field(None, description="take datasets out of sight, or bring them back")
    action: int | None = Field(None, description="action to take back")
    only_open: bool = Field(False, description="only where nobody decided yet")
    within: tuple[int, int] | None = Field(None, description="only these lumisections, first and last")


class EditsBody(Which):
    """A batch; each edit is carried out for itself, in order."""

    edits: list[CellsEdit] = Field(max_length=_MOST_GROUPS)
    rows: list[int] = Field(default_factory=list, description="ids of the rows to answer with")


@blueprint.get("", responses={200: Grid})
def read(query: GridQuery) -> dict[str, Any]:
    """Return the rows of a grid, each cell as a short text (see model/grid/cells.py)."""
    with reading(query.as_of) as (connection, at):
        return _rows(connection, query, chosen(connection, _choice(query), at), at)


@blueprint.get("/changes", responses={200: GridChanges})
def changes(query: ChangesQuery) -> dict[str, Any]:
    """Return the rows of runs that changed since a sequence, and who else is here."""
    with registry().reading() as connection:
        at = asof.resolve(connection, "now")
        ids = chosen(connection, _choice(query), at)
        changed = runs.changed(connection, query.since, at)
        found = _rows(connection, query, ids if changed else [], at)
    rows = [row for row in found["rows"] if row["r"] in changed]
    place, now_s = f"certify/{query.workspace}", registry().clock().timestamp()
    others = greet(registry().golden.cache, place, asker(), query.looking_at, now_s)
    return {**found, "rows": rows, "others": [asdict(each) for each in others]}


@blueprint.post("/edits", responses={200: GridAnswers})
def edit(body: EditsBody) -> dict[str, Any]:
    """Carry out a batch of edits; a refused one says why and leaves the others alone."""
    answers = carry_out(registry(), [group(each) for each in body.edits], asker(), once())
    with registry().reading() as connection:
        at = asof.resolve(connection, "now")
        found = _rows(connection, body, body.rows, at)
    return {**found, "answers": [asdict(answer) for answer in answers]}


def _rows(connection: Connection, query: Which, ids: list[int], at: int) -> dict[str, Any]:
    columns = columns_of(connection, query.workspace, query.stage, at)
    rows = registry().grid.rows(connection, Question(query.workspace, columns), ids, at)
    return {"sequence": at, "columns": columns, "rows": [row.text for row in rows]}


def _choice(query: Which) -> Choice:
    return Choice(
        query.stage,
        query.first_run,
        query.last_run,
        query.cycle,
        parse(query.where) if query.where else None,
        query.hidden,
    )


def group(said: CellsEdit) -> Group:
    """Return one press of a key as the model takes it."""
    cells = tuple(CellEdit(c.run_number, c.dataset, tuple(c.columns), tuple(c.ranges)) for c in said.cells)
    return Group(
        said.key,
        said.seen,
        cells,
        said.status,
        said.cause,
        said.comment,
        said.move,
        said.hidden,
        said.action,
        said.only_open,
        within=said.within,
    )
