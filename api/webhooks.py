"""Who is told of events, over HTTP: subscribe, stop, let one go on, read the log of deliveries."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import current_app
from pydantic import BaseModel, Field

from api.answers.webhooks import Deliveries, NewWebhook, WebhookNumber, Webhooks
from api.contract.noun import Sent, noun
from api.contract.writes import write
from identity.here import asker
from model import rights
from model.clock import rfc3339, to_us
from model.journal import Transaction, sequence_now
from model.products.deliveries import deliveries
from model.products.webhooks import PRODUCTS, add_webhook, stop_webhook, tell_again, webhooks
from model.registry import registry
from model.rights import Action

blueprint = noun("webhooks", "/webhooks", tag="events")
#: where the application says whether addresses inside this network may be told
PRIVATE = "WEBHOOK_PRIVATE"


class Address(Sent):
    """Where to tell."""

    url: str = Field(description="http:// or https://, reachable from outside; redirects are not followed")
    kinds: str = Field(
        PRODUCTS, description="kinds of events by commas; product-official alone: new products", max_length=800
    )


class Again(Sent):
    """From where on."""

    after: int | None = Field(
        None, ge=0, description="tell everything after this sequence again; absent: go on where it stopped"
    )


class Numbered(BaseModel):
    """A webhook by its id."""

    number: int = Field(ge=1)


@blueprint.get("", responses={200: Webhooks})
def read() -> dict[str, Any]:
    """Return every webhook, without its secret."""
    with registry().reading() as connection:
        rights.require(asker(), Action.MAKE_OFFICIAL)
        found = [{**asdict(each), "state": each.state} for each in webhooks(connection)]
        return {"webhooks": [_plain(each) for each in found], "sequence": sequence_now(connection)}


@blueprint.post("", responses={200: NewWebhook})
def subscribe(body: Address) -> dict[str, Any]:
    """Tell an address of events from now on; the answer holds its secret, once and never again."""
    allow_private = bool(current_app.config.get(PRIVATE, False))

    def deed(tx: Transaction) -> dict[str, Any]:
        number, secret = add_webhook(tx, body.url, asker(), kinds=body.kinds, allow_private=allow_private)
        return {"id": number, "secret": secret}

    return write(deed)


@blueprint.post("/<int:number>/stop", responses={200: WebhookNumber})
def stop(path: Numbered) -> dict[str, Any]:
    """Tell an address no more."""

    def deed(tx: Transaction) -> dict[str, Any]:
        stop_webhook(tx, path.number, asker())
        return {"id": path.number}

    return write(deed)


@blueprint.post("/<int:number>/again", responses={200: WebhookNumber})
def again(path: Numbered, body: Again) -> dict[str, Any]:
    """Let an address go on that was given up or waits, or tell it again what it was told; order is kept."""

    def deed(tx: Transaction) -> dict[str, Any]:
        tell_again(tx, path.number, asker(), after=body.after)
        return {"id": path.number}

    return write(deed)


@blueprint.get("/<int:number>/deliveries", responses={200: Deliveries})
def log(path: Numbered) -> dict[str, Any]:
    """Return what an address was told, and what it answered, the last first."""
    with registry().reading() as connection:
        rights.require(asker(), Action.MAKE_OFFICIAL)
        return {"deliveries": [_plain(asdict(each)) for each in deliveries(connection, path.number)]}


def _plain(said: dict[str, Any]) -> dict[str, Any]:
    return {k: rfc3339(to_us(v)) if isinstance(v, datetime) else v for k, v in said.items()}
