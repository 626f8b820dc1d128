"""Addresses that were told of products before are told on, and what one of them still waited for."""

from pathlib import Path

from alembic import command
from sqlalchemy import text

from model.db import Database, _alembic
from model.products.webhooks import PRODUCTS, webhooks

_BEFORE = (
    "INSERT INTO feed_mark (name, mark) VALUES ('webhooks', '000000000040')",
    "INSERT INTO webhook VALUES (1, 'https://a.example.org', 's', 'd.coordinator', 1, true)",
    "INSERT INTO webhook VALUES (2, 'https://b.example.org', 's', 'd.coordinator', 1, true)",
    "INSERT INTO product (name, series, origin, proposed, official, sha256, published_sha256, manifest, body) "
    "VALUES ('call-1', 'golden', 'proposed', 29, 30, '', '', '{}', '')",
    "INSERT INTO webhook_delivery VALUES (2, 'call-1', 3, 99, 98, NULL, 'HTTP 500')",
)


def test_an_address_goes_on_where_it_was_and_gets_what_it_waited_for(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'registry.sqlite'}")
    command.upgrade(_alembic(database.url), "0009")
    with database.writing() as connection:
        for row in _BEFORE:
            connection.execute(text(row))
    database.upgrade()
    with database.reading() as connection:
        one, other = webhooks(connection)
    assert (one.kinds, one.told, one.state) == ((PRODUCTS,), 40, "told")
    assert (other.told, other.due_at) == (29, None)
    database.dispose()
