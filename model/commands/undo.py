"""Undo: take back one action of verdicts, moves, bits, rights, settings or late changes as a unit."""

from collections.abc import Sequence

from sqlalchemy import select

from model.authors import Author
from model.commands import accepted, rights, undo_deeds, undo_late_changes, undo_verdicts, workspaces
from model.errors import Invalid, NotFound
from model.events import LateChangeAnswered, RulesDecided, VerdictsGiven, VerdictsRestored
from model.journal import Entry, Transaction, entry
from model.tables import journal


def undo(tx: Transaction, action: int, by: Author, *, comment: str = "") -> int:
    """Take back an action of verdicts, moves, duplicates, bits, rights, workspaces or late changes.

    So it is with accepted datasets. A duplicate goes out of sight; a late change waits again.

    Args:
        action: the sequence of its first event.

    Raises:
        NotFound: no such action.
        Invalid: the action did something else.
        Stale: later verdicts lie on the same lumisections, a dataset was moved or its bit overridden since,
            or upstream said more.
        NotOpen: a workspace has signed off meanwhile.
        Forbidden: the author could not have given these verdicts.
    """
    rows = tx.connection.execute(select(journal).where(journal.c.action == action).order_by(journal.c.sequence))
    told = [entry(row) for row in rows]
    if not told:
        raise NotFound(f"There is no action {action} in the journal.")
    comment = comment or f"undo {action}"
    if reason := why_not(told):
        raise Invalid(f"Action {action} {reason}")
    if any(isinstance(one.event, LateChangeAnswered) for one in told):
        return undo_late_changes.take_back(tx, told, by, comment=comment)
    if all(rights.is_of_rights(one.event) for one in told):
        return rights.restored(tx, told, by, comment=comment)
    if all(one.is_person and workspaces.is_of_workspaces(one.event) for one in told):
        return workspaces.restored(tx, told, by, comment=comment)
    if _is_of_accepted(told):
        return accepted.restored(tx, told, by, comment=comment)
    # what rules derived from it follows by itself
    given = _done(told)
    verdicts = [one for one in given if isinstance(one.event, VerdictsGiven)]
    # a duplicate loses its verdicts before it goes out of sight
    for together in undo_verdicts.together(verdicts):
        sequence = tx.record_verdicts(undo_verdicts.restored(tx, together, by), by, comment=comment)
    for one in given:
        if undo_deeds.is_deed(one):
            sequence = tx.record(undo_deeds.reverse(tx, one, by), by, comment=comment)
    return sequence


def why_not(told: Sequence[Entry]) -> str:
    """Return why the facts of an action can never be taken back, to stand after its name; empty where they can.

    Whether this can be done now, and by whom, is known when it is tried.
    """
    if any(isinstance(one.event, LateChangeAnswered) for one in told):
        return ""
    of_documents = [rights.is_of_rights(one.event) for one in told]
    of_workspaces = [one.is_person and workspaces.is_of_workspaces(one.event) for one in told]
    given = _done(told)
    of_verdicts = [isinstance(one.event, VerdictsGiven) or undo_deeds.is_deed(one) for one in given]
    if all(of_documents) or all(of_workspaces) or _is_of_accepted(told):
        return ""
    if given and all(of_verdicts):
        return ""
    if any(isinstance(one.event, VerdictsRestored) for one in told):
        return "took something back itself: say anew what should hold."
    if not any(one.is_person for one in told):
        own = "what upstream or a rule says is changed there, or by a verdict above it"
        return f"is not a person's and not one of verdicts that can be undone here: {own}."
    return "is not one of verdicts: it cannot be undone here."


def _done(told: Sequence[Entry]) -> list[Entry]:
    return [one for one in told if not isinstance(one.event, RulesDecided)]


def _is_of_accepted(told: Sequence[Entry]) -> bool:
    # what an import brings is nobody's to take back
    return all(one.is_person and accepted.is_of_accepted(one.event) for one in told)
