"""Versioned documents: what held at a sequence."""

from typing import Any

from sqlalchemy import Connection, select

from model import encoding
from model.asof import held
from model.journal import sequence_now
from model.tables import registry_document


def document(connection: Connection, category: str, name: str, at: int | None = None) -> Any:
    """Return a document as it held at a sequence, or None."""
    at = sequence_now(connection) if at is None else at
    query = select(registry_document.c.document).where(
        registry_document.c.kind == category, registry_document.c.name == name, held(registry_document, at)
    )
    text = connection.execute(query).scalar()
    return None if text is None else encoding.parse(text)


def documents(connection: Connection, category: str, at: int | None = None) -> dict[str, Any]:
    """Return every document of a category, by name."""
    at = sequence_now(connection) if at is None else at
    query = (
        select(registry_document.c.name, registry_document.c.document)
        .where(registry_document.c.kind == category, held(registry_document, at))
        .order_by(registry_document.c.name)
    )
    return {row.name: encoding.parse(row.document) for row in connection.execute(query)}
