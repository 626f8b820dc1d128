"""Products over HTTP: what is official, its bytes and manifest, propose, approve, withdraw, verify a file."""

from dataclasses import asdict
from typing import Any

from flask import Response, request
from pydantic import BaseModel, Field

from api.answers.common import Recorded
from api.answers.golden import CertificationList
from api.answers.products import Products, ProposedProduct, Recognised, ToldProduct
from api.contract.noun import ASKS, AsOf, Sent, noun
from api.contract.reads import reading
from api.contract.writes import write
from api.golden import GoldenBody
from api.golden import answer as of_golden
from api.lists import plain as of_comparison
from identity.here import asker
from model import rights
from model.clock import rfc3339, to_us
from model.commands.products import approve_product, propose_product, withdraw_product
from model.journal import Transaction
from model.products.manifest import Draft
from model.products.products import Product, Said, body_of, product_of, products
from model.products.verify import Verified, verify

blueprint = noun("products", "/products")


class Asked(AsOf):
    """Which products, as of when."""

    series: str = Field("", description="of one series; of all where not given")


class Named(BaseModel):
    """A product by its name."""

    name: str


class Proposed(GoldenBody):
    """A golden JSON that is to become the next product of a series."""

    name: str = Field(description="letters, digits, dot, - and _; never used again")
    series: str = Field(description="what it is the next one of, such as golden-2024")
    comment: str = ""


class Approved(Sent):
    """Why it may be official."""

    comment: str = ""


class Withdrawn(Sent):
    """Why it is taken back."""

    reason: str = Field(description="3 characters at least")


@blueprint.get("", responses={200: Products})
def read(query: Asked) -> dict[str, Any]:
    """Return every product there is, the newest first, with its manifest."""
    with reading(query.as_of) as (connection, at):
        found = products(connection, at, query.series)
    return {"sequence": at, "products": [plain(each) for each in found]}


@blueprint.post("", responses={200: ProposedProduct})
def propose(body: Proposed) -> dict[str, Any]:
    """Propose the list of a rule as the next product of a series; a second person makes it official."""
    with reading(body.as_of) as (connection, at):
        rights.require(asker(), rights.Action.MAKE_OFFICIAL)
        question, golden = of_golden(connection, body, at)
    draft = Draft(body.name, body.series, question, golden)

    def deed(tx: Transaction) -> dict[str, Any]:
        sequence = propose_product(tx, draft, asker(), comment=body.comment)
        return {"sequence": sequence, "name": body.name}

    return write(deed)


@blueprint.post("/verify", openapi_extensions=ASKS, responses={200: Recognised})
def recognise() -> dict[str, Any]:
    """Tell which product the list in the body is, byte for byte or by value; or what it is nearest to."""
    with reading() as (connection, at):
        found = verify(connection, request.get_data(), at)
    return verified(found)


@blueprint.get("/<name>", responses={200: ToldProduct})
def describe(path: Named, query: AsOf) -> dict[str, Any]:
    """Return the manifest of a product, with who made it official and where it stands."""
    with reading(query.as_of) as (connection, at):
        return plain(product_of(connection, path.name, at))


@blueprint.get("/<name>/list", responses={200: CertificationList})
def download(path: Named, query: AsOf) -> Response:
    """Return the canonical bytes of a product as they were made."""
    with reading(query.as_of) as (connection, at):
        body = body_of(connection, product_of(connection, path.name, at).name)
    response = Response(body, mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{path.name}.json"'
    return response


@blueprint.post("/<name>/approve", responses={200: Recorded})
def approve(path: Named, body: Approved) -> dict[str, Any]:
    """Make a proposed product official."""
    return write(lambda tx: {"sequence": approve_product(tx, path.name, asker(), comment=body.comment)})


@blueprint.post("/<name>/withdraw", responses={200: Recorded})
def withdraw(path: Named, body: Withdrawn) -> dict[str, Any]:
    """Take a proposal back."""
    return write(lambda tx: {"sequence": withdraw_product(tx, path.name, asker(), reason=body.reason)})


def plain(each: Product) -> dict[str, Any]:
    """Return a product as JSON: its manifest, and what was said of it."""
    return {
        **each.told(),
        "product": each.name,
        "previous": each.previous or None,
        "proposed": _said(each.proposed),
        "decided": _said(each.decided) if each.decided else None,
        "list": f"/api/v1/products/{each.name}/list",
    }


def verified(found: Verified) -> dict[str, Any]:
    """Return what a file is as JSON."""
    official, nearest = found.to_official, found.to_nearest
    return {
        "sentence": found.sentence,
        "is_product": found.is_product,
        "is_identical": found.is_identical,
        "product": found.product.name if found.product else None,
        "state": found.product.state.value if found.product else None,
        "official": found.official.name if found.official else None,
        "differs_from_official": of_comparison(official) if official else None,
        "differs_from_nearest": of_comparison(nearest) if nearest else None,
        "notes": found.notes,
    }


def _said(said: Said) -> dict[str, Any]:
    return {**asdict(said), "at": rfc3339(to_us(said.at))}
