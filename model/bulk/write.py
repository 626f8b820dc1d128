"""Write what a dry run said: planned again outside the journal's lock, all or nothing inside it, one action."""

from itertools import pairwise

from sqlalchemy import Connection, select

from model.authors import Author
from model.bulk.plan import Plan, Tell, said, untold
from model.bulk.wish import Wish, make_plan
from model.commands.verdicts import both_sides, require_seen
from model.errors import Forbidden, Invalid, Stale
from model.events import VerdictsGiven
from model.journal import Transaction, sequence_now
from model.once import Once
from model.registry import Registry
from model.tables import journal

#: datasets between two words about how far it is
_PIECE = 250
#: digits of a sequence
_LONGEST = 12


def write(
    registry: Registry, wish: Wish, token: str, by: Author, tell: Tell = untold, *, once: Once | None = None
) -> tuple[int, int]:
    """Write what a plan said as one action.

    Args:
        tell: is told how far it is; what it raises leaves nothing written.
        once: a key under which it is written once.

    Returns: the last sequence, and the action that can be taken back.

    Raises:
        Invalid: a line of it cannot be written (each is named), or the token is none.
        Stale: things changed since, so that something else would be written.
        Forbidden, NotOpen, NotFound: as for a single edit.
    """
    with registry.reading() as connection:
        plan = _sound(connection, wish, token, by, tell)
    last = len(plan.given)
    tell("writing", 0, last)
    with registry.writing() as tx:
        if once and (kept := once.answered(tx.connection)):
            return kept["sequence"], kept["action"]
        if _touched_since(tx, plan):
            plan = _sound(tx.connection, wish, token, by, untold)
        for event in plan.given:
            if not isinstance(event, VerdictsGiven):
                sequence = tx.record(event, by, comment=plan.comment)
        verdicts = [event for event in plan.given if isinstance(event, VerdictsGiven)]
        for start, end in pairwise([*range(0, len(verdicts), _PIECE), len(verdicts)]):
            sequence = tx.record_verdicts(verdicts[start:end], by, comment=plan.comment)
            tell("writing", end, last)
        action = tx.action or sequence
        if once:
            once.keep(tx, {"sequence": sequence, "action": action})
        return sequence, action


def _sound(connection: Connection, wish: Wish, token: str, by: Author, tell: Tell) -> Plan:
    at, _, wanted = token.partition(".")
    if not (at.isascii() and at.isdigit() and len(at) <= _LONGEST and wanted):
        raise Invalid("Apply what a dry run gave: its token is missing.")
    require_seen(int(at), sequence_now(connection))
    plan = make_plan(connection, wish, by, int(at), tell)
    if (denied := plan.denied) is not None:
        sentence = f"Nothing was written: {said(plan.problems)}"
        raise Forbidden(sentence, denied.by, denied.action, denied.workspace)
    if plan.problems:
        raise Invalid(f"Nothing was written: {said(plan.problems)}")
    if not plan.given:
        raise Invalid("Nothing was written: it is all so already, or decided and kept.")
    if plan.token.partition(".")[2] != wanted:
        raise Stale("Things changed since the dry run: look at it again. Nothing was written.", plan.conflicts)
    if plan.conflicts:
        raise Stale(both_sides(plan.conflicts), plan.conflicts)
    return plan


def _touched_since(tx: Transaction, plan: Plan) -> bool:
    # what concerns no run, such as the columns of a workspace, may concern every plan
    runs = {None, *(event.subject for event in plan.given)}
    query = select(journal.c.run_number).where(journal.c.sequence > plan.at).distinct()
    return any(row.run_number in runs for row in tx.connection.execute(query))
