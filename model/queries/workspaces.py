"""Workspaces as an administrator sees them: level, columns, labels, causes, and who changed what of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from model.clock import rfc3339
from model.journal import sequence_now
from model.queries import datasets, documents
from model.tables import journal, registry_document
from model.vocabulary import CAUSES, OFFLINE_COLUMNS, ONLINE_COLUMNS, Level, workspace_of

#: the category of the documents
KIND = "workspaces"
LEVELS, LABELS, CAUSES_OF = "levels", "labels", "causes"
#: what a document of columns is for: to be decided before sign-off, or shown in its own workspace only
PLACES: Mapping[str, str] = {
    "offline": "certified offline",
    "online": "certified online",
    "offline-local": "shown offline in its workspace only",
    "online-local": "shown online in its workspace only",
}


@dataclass(frozen=True)
class OwnColumn:
    """A column: `name` as it is written everywhere, where it stands, and how people call it."""

    name: str
    places: tuple[str, ...]
    label: str


@dataclass(frozen=True)
class Workspace:
    """One workspace; `causes` are those that it has besides the common ones."""

    name: str
    level: Level | None
    label: str
    columns: tuple[OwnColumn, ...]
    causes: tuple[str, ...]


@dataclass(frozen=True)
class Changed:
    """One change of workspaces, in the words of whoever made it."""

    sequence: int
    action: int
    at: str
    author: str
    what: str
    comment: str
    is_last: bool


def document(connection: Connection, name: str, at: int | None = None) -> dict[str, Any]:
    """Return a document as it held; what ships where nobody ever changed it."""
    kept = documents.document(connection, KIND, name, at)
    return dict(kept) if kept is not None else shipped(name)


def shipped(name: str) -> dict[str, Any]:
    """Return a document as it ships."""
    built: dict[str, list[str]] = {}
    for column in {"offline": OFFLINE_COLUMNS, "online": ONLINE_COLUMNS}.get(name, ()):
        workspace, own = column.split("-", 1)
        built.setdefault(workspace, []).append(own)
    return built


def every_workspace(connection: Connection, at: int | None = None) -> list[Workspace]:
    """Return every workspace that has a level or a column, by name."""
    at = sequence_now(connection) if at is None else at
    levels, labels = datasets.levels(connection, at), document(connection, LABELS, at)
    causes = document(connection, CAUSES_OF, at)
    places: dict[str, list[str]] = {}
    for place in PLACES:
        for workspace, names in document(connection, place, at).items():
            for name in names:
                places.setdefault(f"{workspace}-{name}", []).append(place)
    of: dict[str, list[OwnColumn]] = {name: [] for name in levels}
    for name in sorted(places):
        column = OwnColumn(name, tuple(places[name]), labels.get(name, name))
        of.setdefault(workspace_of(name), []).append(column)
    return [
        Workspace(name, levels.get(name), labels.get(name, name), tuple(of[name]), tuple(causes.get(name, ())))
        for name in sorted(of)
    ]


def causes_of(connection: Connection, workspace: str, at: int | None = None) -> tuple[str, ...]:
    """Return the causes that a workspace offers: the common ones, then its own."""
    own = document(connection, CAUSES_OF, at).get(workspace, ())
    return tuple(dict.fromkeys((*CAUSES, *own)))


def every_cause(connection: Connection, at: int | None = None) -> tuple[str, ...]:
    """Return the causes of all workspaces: the common ones, then each one's own."""
    own = document(connection, CAUSES_OF, at)
    return tuple(dict.fromkeys((*CAUSES, *(cause for name in sorted(own) for cause in own[name]))))


def changed(connection: Connection, at: int, limit: int = 30) -> list[Changed]:
    """Return the last changes of workspaces as of a sequence, the newest first."""
    d, j = registry_document, journal
    query = (
        select(d.c.name, d.c.until, j.c.sequence, j.c.action, j.c.recorded_us, j.c.author, j.c.comment)
        .join(j, j.c.sequence == d.c.since)
        .where(d.c.kind == KIND, d.c.since <= at)
        .order_by(j.c.sequence.desc())
        .limit(limit)
    )
    return [
        Changed(
            row.sequence,
            row.action,
            rfc3339(row.recorded_us),
            row.author,
            row.name,
            row.comment,
            row.until is None or row.until > at,
        )
        for row in connection.execute(query)
    ]
