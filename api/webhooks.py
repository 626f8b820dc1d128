"""Who is told of new official products, over HTTP: subscribe, stop, read the log of deliveries."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import current_app
from pydantic import BaseModel, Field

from api.noun import Sent, noun
from api.writes import write
from identity.here import asker
from model import rights
from model.clock import rfc3339, to_us
from model.journal import Transaction
from model.products.webhooks import add_webhook, deliveries, stop_webhook, webhooks
from model.registry import registry
from model.rights import Action

blueprint = noun("webhooks", "/webhooks", tag="products")
#: where the application says whether addresses inside this network may be told
PRIVATE = "WEBHOOK_PRIVATE"


class Address(Sent):
    """Where to tell."""

    url: str = Field(description="http:// or https://, reachable from outside; redirects are not followed")


class Numbered(BaseModel):
    """A webhook by its id."""

    number: int = Field(ge=1)


@blueprint.get("")
def read() -> dict[str, Any]:
    """Return every webhook, without its secret."""
    with registry().reading() as connection:
        rights.require(asker(), Action.MAKE_OFFICIAL)
        return {"webhooks": [_plain(asdict(each)) for each in webhooks(connection)]}


@blueprint.post("")
def subscribe(body: Address) -> dict[str, Any]:
    """Tell an address of new official products; the answer holds its secret, once and never again."""
    allow_private = bool(current_app.config.get(PRIVATE, False))

    def deed(tx: Transaction) -> dict[str, Any]:
        number, secret = add_webhook(tx, body.url, asker(), allow_private=allow_private)
        return {"id": number, "secret": secret}

    return write(deed)


@blueprint.post("/<int:number>/stop")
def stop(path: Numbered) -> dict[str, Any]:
    """Tell an address no more."""

    def deed(tx: Transaction) -> dict[str, Any]:
        stop_webhook(tx, path.number, asker())
        return {"id": path.number}

    return write(deed)


@blueprint.get("/<int:number>/deliveries")
def log(path: Numbered) -> dict[str, Any]:
    """Return what an address was told, and what it answered, the last first."""
    with registry().reading() as connection:
        rights.require(asker(), Action.MAKE_OFFICIAL)
        return {"deliveries": [_plain(asdict(each)) for each in deliveries(connection, path.number)]}


def _plain(said: dict[str, Any]) -> dict[str, Any]:
    return {k: rfc3339(to_us(v)) if isinstance(v, datetime) else v for k, v in said.items()}
