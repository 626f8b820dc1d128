"""How much of a dataset nobody has decided, as an expression on its summary."""

from sqlalchemy import Case, Connection, FromClause, case, func, select

from model.asof import held
from model.queries import datasets
from model.tables import cell_summary, term
from model.vocabulary import ONLINE, State, Status

_DECIDED = (Status.GOOD.value, Status.BAD.value, Status.STANDBY.value, Status.EXCLUDED.value)
#: any dataset but the online one is certified in these columns
_OFFLINE = "offline"


def undecided(connection: Connection, summary: FromClause, at: int) -> Case[int | None]:
    """Return the lumisections to decide, added up over the columns that must be; NULL where a run is not OPEN.

    Args:
        summary: `dataset_summary`, or an alias of it.
    """
    c = cell_summary.alias()
    left = {}
    for name in (ONLINE, _OFFLINE):
        columns = datasets.certifiable(connection, name, at)
        ids = list(connection.scalars(select(term.c.id).where(term.c.text.in_(columns))))
        decided = (
            select(func.coalesce(func.sum(c.c.lumisections), 0))
            .where(c.c.dataset_id == summary.c.dataset_id, c.c.column_id.in_(ids))
            .where(c.c.status.in_(_DECIDED), held(c, at))
            .scalar_subquery()
        )
        left[name] = len(columns) * summary.c.lumisections - decided
    is_online = summary.c.name == ONLINE
    return case(
        (is_online & (summary.c.run_state == State.OPEN.value), left[ONLINE]),
        (~is_online, left[_OFFLINE]),
        else_=None,
    )
