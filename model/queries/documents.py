"""Versioned documents: what held at a sequence."""

from typing import Any

from sqlalchemy import Connection, bindparam, select

from model import encoding
from model.asof import AT, held
from model.journal import sequence_now
from model.tables import registry_document

_ALL = (
    select(registry_document.c.name, registry_document.c.document)
    .where(registry_document.c.kind == bindparam("category"), held(registry_document, AT))
    .order_by(registry_document.c.name)
)
_ONE = _ALL.with_only_columns(registry_document.c.document).where(registry_document.c.name == bindparam("name"))


def document(connection: Connection, category: str, name: str, at: int | None = None) -> Any:
    """Return a document as it held at a sequence, or None."""
    at = sequence_now(connection) if at is None else at
    text = connection.execute(_ONE, {"category": category, "name": name, "at": at}).scalar()
    return None if text is None else encoding.parse(text)


def documents(connection: Connection, category: str, at: int | None = None) -> dict[str, Any]:
    """Return every document of a category, by name."""
    at = sequence_now(connection) if at is None else at
    found = connection.execute(_ALL, {"category": category, "at": at})
    return {row.name: encoding.parse(row.document) for row in found}
