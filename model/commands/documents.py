"""Versioned documents: rules, workspaces, accepted datasets, published lists, labels."""

from datetime import datetime
from typing import Any

from model import rights
from model.authors import Author
from model.errors import Invalid
from model.events import DocumentSet, ImportFinished
from model.journal import Transaction
from model.rights import Action

CATEGORIES = ("rule", "workspaces", "accepted-datasets", "certification-list", "label")


def set_document(
    tx: Transaction,
    category: str,
    name: str,
    document: Any,
    by: Author,
    *,
    comment: str = "",
    happened_at: datetime | None = None,
) -> int:
    """Make a document hold from now on; earlier ones stay readable as of their time.

    Raises:
        Invalid: unknown category, or no name.
        Forbidden: the author may not.
    """
    if not rights.may(by, Action.INGEST):
        rights.require(by, Action.EDIT_CONFIGURATION)
    if category not in CATEGORIES or not name.strip():
        raise Invalid(f"“{category}/{name}” is no document the registry keeps.")
    return tx.record(DocumentSet(category, name, document), by, comment=comment, happened_at=happened_at)


def set_label(tx: Transaction, name: str, by: Author, *, comment: str = "") -> int:
    """Mark this place of the journal with a name that `as_of` understands.

    Raises:
        Invalid: a name that reads as a number or time.
    """
    if not name.strip() or name[0].isdigit() or name == "now":
        raise Invalid(f"“{name}” cannot be a label: it reads as a sequence, a time or now.")
    document = {"sequence": tx.head.sequence + 1}
    return set_document(tx, "label", name, document, by, comment=comment)


def finish_import(tx: Transaction, what: str, digest: str, counts: dict[str, int], by: Author) -> int:
    """Record that a file or directory was read in completely.

    Raises:
        Forbidden: the author does not ingest.
    """
    rights.require(by, Action.INGEST)
    return tx.record(ImportFinished(what, digest, counts), by)
