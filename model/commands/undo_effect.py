"""What taking an action back would change: the undo itself, rolled back."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from model.authors import Author
from model.commands.undo import undo
from model.golden.effect import Effect, effect_of
from model.journal import Transaction, entry
from model.queries import luminosities
from model.queries.action_facts import Touched, touched
from model.tables import journal

#: so many facts are tried while somebody waits
_MOST_TRIED = 300
#: so many datasets are evaluated by the golden rule
_MOST_GOLDEN = 50


@dataclass(frozen=True)
class Reverting:
    """What an undo would record: its facts, what they touch with its recorded luminosity, the golden effect.

    Args:
        golden: None where no golden rule was kept, no dataset is concerned, or there are too many of them.
    """

    facts: int
    touched: Touched
    recorded_invpb: float
    golden: Effect | None


def too_long(connection: Connection, action: int) -> str:
    """Return why an undo is not tried first while somebody waits; empty where it is."""
    query = select(func.count()).select_from(journal).where(journal.c.action == action)
    many = connection.execute(query).scalar_one()
    if many <= _MOST_TRIED:
        return ""
    return f"It has {many:,} facts: it is taken back whole or not at all, and its effect is not tried first."


def reverting(tx: Transaction, action: int, by: Author) -> Reverting:
    """Try out what `undo` would do. The caller rolls back.

    Raises:
        RunRegistryError: exactly as the undo itself would be refused.
    """
    rows = tx.connection.execute(select(journal).where(journal.c.action == action))
    datasets = touched(entry(row) for row in rows).datasets
    begun = tx.head.sequence
    golden = None
    if 0 < len(datasets) <= _MOST_GOLDEN:
        golden = effect_of(tx, datasets, lambda: undo(tx, action, by))
    else:
        undo(tx, action, by)
    after = select(journal).where(journal.c.sequence > begun).order_by(journal.c.sequence)
    told = [entry(row) for row in tx.connection.execute(after)]
    of = touched(told)
    recorded, _ = luminosities.integrated(tx.connection, of.lumisections)
    return Reverting(len(told), of, recorded, golden)
