"""Every bulk action has a plan that is shown first; its token lets `write.py` write just that."""

from sqlalchemy import Connection

from model.authors import Author
from model.bulk import plan
from model.bulk.cells import Cells
from model.bulk.deeds import Deed, Duplicates, Moves, plan_deed
from model.bulk.lists import Listed
from model.bulk.plan import Copy, Plan, Sheet, Tell, Verdicts, untold
from model.errors import Invalid

Wish = Verdicts | Deed
#: more than anybody looks through in a dry run
MOST_DATASETS = 5_000
#: more than this is tried beside the web: characters of a text, and datasets
LONG_TEXT, LONG_DATASETS = 100_000, 1_000


def make_plan(
    connection: Connection, wish: Wish, by: Author, seen: int | None = None, tell: Tell = untold
) -> Plan:
    """Return what a wish would write, as things stand now; nothing is written.

    Args:
        seen: the sequence the author was looking at; now where not given.
        tell: is told how far it is.

    Raises:
        Invalid: it cannot be read at all, or is about nothing.
    """
    _require_datasets(wish)
    if isinstance(wish, Moves | Duplicates):
        return plan_deed(connection, wish, by, tell)
    return plan.make_plan(connection, wish, by, seen, tell)


def is_long(wish: Wish) -> bool:
    """Tell whether planning takes so long that no request should wait for it."""
    if isinstance(wish, Sheet | Listed):
        return len(wish.text) > LONG_TEXT
    return _chosen(wish) > LONG_DATASETS


def _require_datasets(wish: Wish) -> None:
    if isinstance(wish, Sheet | Listed):
        return
    chosen = _chosen(wish)
    if not chosen:
        raise Invalid("No dataset is chosen.")
    if chosen > MOST_DATASETS:
        raise Invalid(f"At most {MOST_DATASETS:,} datasets at once; {chosen:,} are chosen.")


def _chosen(wish: Copy | Cells | Deed) -> int:
    return len(wish.runs if isinstance(wish, Copy) else wish.chosen)
