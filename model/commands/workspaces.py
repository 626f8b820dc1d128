"""Administer workspaces: add, label, retire; what is retired is out of sight from now on, its history stays."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from model import rights
from model.authors import Author
from model.errors import Invalid, NotFound, Stale
from model.events import DocumentSet
from model.frames.schema import VERDICT
from model.journal import Entry, Transaction
from model.queries import datasets
from model.queries.workspaces import CAUSES_OF, KIND, LABELS, LEVELS, PLACES, document
from model.rights import Action
from model.rulebook.book import rulebook
from model.vocabulary import CAUSES, Level

_WORKSPACE = re.compile(r"[a-z][a-z0-9_]{0,29}")
_COLUMN = re.compile(r"[a-z0-9][a-z0-9_]{0,29}")
_LONGEST_LABEL, _LONGEST_CAUSE, _MOST_CAUSES = 40, 60, 40
_SHORTEST_REASON = 3


def add_workspace(tx: Transaction, name: str, level: str, by: Author, *, comment: str) -> int:
    """Let there be a workspace; it certifies when it has columns.

    Raises:
        Invalid: a name that is none or is taken, an unknown level, or no reason.
        Forbidden: the author does not administer.
    """
    _require(by, comment)
    if not _WORKSPACE.fullmatch(name):
        raise Invalid(f"“{name[:40]}” is no name of a workspace: small letters, digits and _, a letter first.")
    if level not in set(Level):
        raise Invalid(f"“{level[:40]}” is no level; {', '.join(Level)} are.")
    if name in datasets.levels(tx.connection):
        raise Invalid(f"There is a workspace {name} already.")
    return _set(tx, LEVELS, {**document(tx.connection, LEVELS), name: level}, by, comment)


def add_column(tx: Transaction, column: str, place: str, by: Author, *, comment: str) -> int:
    """Let a workspace have a column, written `workspace-column`.

    Args:
        place: `offline`, `online` (to be decided before sign-off), `offline-local`, `online-local`.

    Raises:
        NotFound: no such workspace.
        Invalid: a name that is none or stands there already, an unknown place, or no reason.
        Forbidden: the author does not administer.
    """
    _require(by, comment)
    workspace, own = _named(tx, column)
    there = _place(tx, place)
    if any(own in document(tx.connection, each).get(workspace, ()) for each in _side(place)):
        raise Invalid(f"{column} stands there already.")
    return _set(tx, place, {**there, workspace: [*there.get(workspace, ()), own]}, by, comment)


def retire_column(tx: Transaction, column: str, place: str, by: Author, *, comment: str) -> int:
    """Take a column out of sight from now on; what was said of it stays, and is read as of its time.

    Raises:
        NotFound: it does not stand there.
        Invalid: active rules read it, or no reason.
        Forbidden: the author does not administer.
    """
    _require(by, comment)
    there, (workspace, _, own) = _place(tx, place), column.partition("-")
    if own not in there.get(workspace, ()):
        raise NotFound(f"There is no column {column[:60]} that is {PLACES[place]}.")
    _require_unread(tx, column, place)
    left = [name for name in there[workspace] if name != own]
    rest = {name: names for name, names in there.items() if name != workspace}
    return _set(tx, place, {**rest, workspace: left} if left else rest, by, comment)


def retire_workspace(tx: Transaction, name: str, by: Author, *, comment: str) -> int:
    """Take a workspace with all of its columns out of sight, as one action.

    Raises:
        NotFound: no such workspace.
        Invalid: it ships with the registry and has no column left to retire, rules read one, or no reason.
        Forbidden: the author does not administer.
    """
    _require(by, comment)
    if name not in datasets.levels(tx.connection):
        raise NotFound(f"There is no workspace {name[:40]}.")
    before = tx.head.sequence
    for place in PLACES:
        for own in document(tx.connection, place).get(name, ()):
            retire_column(tx, f"{name}-{own}", place, by, comment=comment)
    levels = document(tx.connection, LEVELS)
    if name in levels:
        _set(tx, LEVELS, {k: v for k, v in levels.items() if k != name}, by, comment)
    if tx.head.sequence == before:
        raise Invalid(f"{name} has no column any more, and is a word of the registry itself.")
    return tx.head.sequence


def set_label(tx: Transaction, name: str, label: str, by: Author, *, comment: str) -> int:
    """Let people call a workspace or a column otherwise; files, rules and programs keep its name.

    Args:
        label: empty where its name will do again.

    Raises:
        NotFound: no such workspace or column.
        Invalid: too long, so already, or no reason.
        Forbidden: the author does not administer.
    """
    _require(by, comment)
    if name not in {*datasets.levels(tx.connection), *_every_column(tx)}:
        raise NotFound(f"There is no workspace or column {name[:60]}.")
    said = " ".join(label.split())
    if len(said) > _LONGEST_LABEL:
        raise Invalid(f"A label has at most {_LONGEST_LABEL} characters.")
    kept = document(tx.connection, LABELS)
    rest = {k: v for k, v in kept.items() if k != name}
    return _set(tx, LABELS, {**rest, name: said} if said and said != name else rest, by, comment)


def set_causes(tx: Transaction, workspace: str, causes: Sequence[str], by: Author, *, comment: str) -> int:
    """Let a workspace offer causes of its own besides the common ones; what was said with others stays.

    Raises:
        NotFound: no such workspace.
        Invalid: a cause that is too long or a common one, too many, so already, or no reason.
        Forbidden: the author does not administer.
    """
    _require(by, comment)
    if workspace not in datasets.levels(tx.connection):
        raise NotFound(f"There is no workspace {workspace[:40]}.")
    said = list(dict.fromkeys(" ".join(cause.split()) for cause in causes if cause.strip()))
    if len(said) > _MOST_CAUSES or any(len(cause) > _LONGEST_CAUSE for cause in said):
        raise Invalid(f"A workspace has at most {_MOST_CAUSES} causes of at most {_LONGEST_CAUSE} characters.")
    if common := [cause for cause in said if cause in CAUSES]:
        raise Invalid(f"Every workspace has “{common[0]}” already.")
    kept = document(tx.connection, CAUSES_OF)
    rest = {k: v for k, v in kept.items() if k != workspace}
    return _set(tx, CAUSES_OF, {**rest, workspace: said} if said else rest, by, comment)


def is_of_workspaces(event: object) -> bool:
    """Tell whether a fact is about workspaces."""
    return isinstance(event, DocumentSet) and event.category == KIND


def restored(tx: Transaction, told: Sequence[Entry], by: Author, *, comment: str) -> int:
    """Take a change of workspaces back as a unit.

    Raises:
        Stale: the same was changed again since.
        Forbidden: the author does not administer.
    """
    rights.require(by, Action.ADMINISTER)
    names = dict.fromkeys(one.event.name for one in told if isinstance(one.event, DocumentSet))
    for name in names:
        if document(tx.connection, name) != document(tx.connection, name, told[-1].sequence):
            raise Stale(f"The {name} of workspaces were changed again since: look at them again.", ())
    for name in names:
        _set(tx, name, document(tx.connection, name, told[0].sequence - 1), by, comment)
    return tx.head.sequence


def _require(by: Author, comment: str) -> None:
    rights.require(by, Action.ADMINISTER)
    if len(comment.strip()) < _SHORTEST_REASON:
        raise Invalid(f"Say why, in at least {_SHORTEST_REASON} characters: others will ask.")


def _set(tx: Transaction, name: str, wanted: Mapping[str, Any], by: Author, comment: str) -> int:
    if dict(wanted) == document(tx.connection, name):
        raise Invalid("It is so already.")
    return tx.record(DocumentSet(KIND, name, dict(wanted)), by, comment=comment.strip())


def _named(tx: Transaction, column: str) -> tuple[str, str]:
    workspace, _, own = column.partition("-")
    if workspace not in datasets.levels(tx.connection):
        raise NotFound(f"There is no workspace {workspace[:40]}: add it first.")
    if not _COLUMN.fullmatch(own):
        raise Invalid(f"“{column[:60]}” is no column: workspace-column, in small letters, digits and _.")
    return workspace, own


def _place(tx: Transaction, place: str) -> dict[str, Any]:
    if place not in PLACES:
        raise Invalid(f"“{place[:40]}” is no place of columns; {', '.join(PLACES)} are.")
    return document(tx.connection, place)


def _side(place: str) -> tuple[str, str]:
    side = place.removesuffix("-local")
    return side, f"{side}-local"


def _every_column(tx: Transaction) -> set[str]:
    found = {place: document(tx.connection, place) for place in PLACES}
    return {f"{ws}-{own}" for of in found.values() for ws, names in of.items() for own in names}


def _require_unread(tx: Transaction, column: str, place: str) -> None:
    """Refuse to take away what a rule still reads, unless it stands on the other side too.

    Raises:
        Invalid: naming the rules.
    """
    elsewhere = [each for each in PLACES if each != place]
    workspace, _, own = column.partition("-")
    if any(own in document(tx.connection, each).get(workspace, ()) for each in elsewhere):
        return
    book = rulebook(tx.connection, tx.head.sequence)
    kept = [book.version(name) for name in book.names]
    speaking = [rule for rule in kept if rule.text.enabled]
    reading = [r.name for r in speaking if column == r.text.target or VERDICT + column in r.rule.variables]
    if named := sorted(reading):
        raise Invalid(f"{column} is read or decided by {', '.join(named[:5])}: change these rules first.")
