"""New official products as a feed: Atom and JSON Feed, for readers that ask now and then."""

from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Response, jsonify, request

from api.answers.products import JsonFeed
from api.contract.noun import kinds, noun
from api.contract.reads import reading
from model.clock import EPOCH, rfc3339, to_us
from model.products.products import Product, products
from model.products.words import summary

blueprint = noun("product_feed", tag="products")
_TITLE = "Official products of CMS data certification"
_ATOM = "http://www.w3.org/2005/Atom"
_MOST = 100


@blueprint.get("/products.atom", responses={200: kinds("application/atom+xml")})
def atom() -> Response:
    """Return the latest official products as an Atom feed."""
    found = _official()
    feed = Element("feed", xmlns=_ATOM)
    _child(feed, "title", _TITLE)
    _child(feed, "id", request.base_url)
    _child(feed, "updated", _at(found[0]) if found else rfc3339(to_us(EPOCH)))
    SubElement(feed, "link", rel="self", href=request.base_url)
    for each in found:
        entry = SubElement(feed, "entry")
        _child(entry, "title", f"{each.name} ({each.series})")
        _child(entry, "id", _page(each))
        _child(entry, "updated", _at(each))
        _child(SubElement(entry, "author"), "name", each.decided.author if each.decided else "")
        _child(entry, "summary", summary(each))
        SubElement(entry, "link", rel="alternate", href=_page(each))
        SubElement(entry, "link", rel="enclosure", href=_list(each), type="application/json")
    return Response(tostring(feed, "utf-8", xml_declaration=True), mimetype="application/atom+xml")


@blueprint.get("/products.json", responses={200: JsonFeed})
def json_feed() -> Response:
    """Return the latest official products as a JSON Feed."""
    items = [
        {
            "id": _page(each),
            "url": _page(each),
            "title": f"{each.name} ({each.series})",
            "content_text": summary(each),
            "date_published": _at(each),
            "authors": [{"name": each.decided.author}] if each.decided else [],
            "attachments": [{"url": _list(each), "mime_type": "application/json"}],
            "_product": each.told(),
        }
        for each in _official()
    ]
    told: dict[str, Any] = {"version": "https://jsonfeed.org/version/1.1", "title": _TITLE}
    return jsonify({**told, "feed_url": request.base_url, "items": items})


def _official() -> list[Product]:
    with reading() as (connection, _):
        found = [each for each in products(connection) if each.official is not None]
    return sorted(found, key=lambda each: each.official or 0, reverse=True)[:_MOST]


def _child(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _at(each: Product) -> str:
    return rfc3339(to_us(each.decided.at)) if each.decided else ""


def _page(each: Product) -> str:
    return f"{request.host_url}products?product={each.name}"


def _list(each: Product) -> str:
    return f"{request.host_url}api/v1/products/{each.name}/list"
