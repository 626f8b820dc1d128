"""Every bulk action through one pair of doors: a plan that is shown, and its token that applies just that."""

from sqlalchemy import Connection

from model.authors import Author
from model.bulk import plan
from model.bulk.cells import Cells
from model.bulk.deeds import Deed, Duplicates, Moves, apply_deed, plan_deed
from model.bulk.lists import Listed
from model.bulk.plan import Copy, Plan, Sheet
from model.errors import Invalid
from model.journal import Transaction

Wish = Sheet | Copy | Cells | Listed | Deed
#: more than anybody looks through in a dry run
MOST_DATASETS = 5_000


def make_plan(connection: Connection, wish: Wish, by: Author) -> Plan:
    """Return what a wish would write, as things stand now; nothing is written.

    Raises:
        Invalid: it cannot be read at all, or is about nothing.
    """
    _require_datasets(wish)
    if isinstance(wish, Moves | Duplicates):
        return plan_deed(connection, wish, by)
    return plan.make_plan(connection, wish, by)


def apply_plan(tx: Transaction, wish: Wish, token: str, by: Author) -> int:
    """Write what a plan said, all or nothing, as one action.

    Raises:
        Invalid, Stale, Forbidden, NotOpen, NotFound: as `plan.apply_plan`.
    """
    if isinstance(wish, Moves | Duplicates):
        return apply_deed(tx, wish, token, by)
    return plan.apply_plan(tx, wish, token, by)


def _require_datasets(wish: Wish) -> None:
    if isinstance(wish, Sheet | Listed):
        return
    chosen = wish.runs if isinstance(wish, Copy) else wish.chosen
    if not chosen:
        raise Invalid("No dataset is chosen.")
    if len(chosen) > MOST_DATASETS:
        raise Invalid(f"At most {MOST_DATASETS:,} datasets at once; {len(chosen):,} are chosen.")
