"""Rows as JSON:API documents, in the shapes that were recorded."""

from collections.abc import Mapping, Sequence
from typing import Any

from simulators.oms.faults import Fault, spoilt
from simulators.oms.query import Query, Refused, parse
from simulators.oms.store import Store

KEY = {"runs": "run_number", "lumisections": "lumisection_number", "fills": "fill_number", "eras": "name"}
_RELATIONS = (
    "runkeys l1configurationkey l1algorithmtriggers hltconfigdata deadtime daqreadouts fill l1triggerrate "
    "lumisections"
).split()


class Missing(Exception):
    """There is no such resource or object."""


def answer(store: Store, base: str, parts: Sequence[str], query: str, page: tuple[int, Fault | None]) -> Any:
    """Answer a path below the API.

    Args:
        page: rows of one page at most, and what goes wrong with them.

    Raises:
        Refused: the query is not one OMS answers.
        Missing: no such resource or object.
    """
    if list(parts) == ["version", "endpoints"]:
        return {"data": sorted(KEY)}
    resource = parts[0]
    if resource not in KEY:
        raise Missing(resource)
    if list(parts[1:]) == ["meta"]:
        return {"meta": {"fields": {name: _about(name) for name in sorted(store.known[resource])}}}
    if len(parts) == 3 and list(parts[2:]) == ["lumisections"] and resource == "runs":
        query = "&".join(filter(None, [query, f"filter[run_number][EQ]={parts[1]}"]))
        return _listed(store, base, "lumisections", query, page)
    if len(parts) == 2:
        return {"data": _single(store, base, resource, parts[1])}
    if len(parts) > 1:
        raise Missing("/".join(parts))
    return _listed(store, base, resource, query, page)


def errors(status: int, sentence: str) -> dict[str, Any]:
    """Return a refusal."""
    return {"errors": [{"status": str(status), "title": sentence}]}


def _listed(store: Store, base: str, resource: str, query: str, page: tuple[int, Fault | None]) -> Any:
    cap, fault = page
    asked = parse(resource, query, store.known[resource], cap)
    found = asked.select(store.rows(resource, _run_of(asked)))
    cut = found[asked.offset : asked.offset + asked.limit]
    last = (len(found) - 1) // asked.limit * asked.limit if found else 0
    after, before = asked.offset + asked.limit, asked.offset - asked.limit
    return {
        "data": spoilt([_row(store, base, asked, row) for row in cut], fault),
        "links": {
            "first": asked.link(base, 0),
            "last": asked.link(base, last),
            "next": asked.link(base, after) if after < len(found) else None,
            "prev": asked.link(base, max(before, 0)) if asked.offset else None,
        },
        "meta": {"totalResourceCount": len(found)},
    }


def _run_of(asked: Query) -> int | None:
    """Return the run a query is about, so that not every lumisection is looked at."""
    same = [f.text for f in asked.filters if (f.attribute, f.operator) == ("run_number", "EQ")]
    if same and not same[0].isdigit():
        raise Refused(f"run_number cannot be {same[0]!r}")
    return int(same[0]) if same else None


def _single(store: Store, base: str, resource: str, key: str) -> dict[str, Any]:
    for row in store.rows(resource):
        if _id(resource, row) == key:
            return _row(store, base, Query(resource), row)
    raise Missing(f"{resource} {key}")


def _row(store: Store, base: str, asked: Query, row: Mapping[str, Any]) -> dict[str, Any]:
    resource, key = asked.resource, _id(asked.resource, row)
    self_link = f"{base}/{resource}/{key}"
    attributes = {name: row.get(name) for name in asked.fields} if asked.fields else dict(row)
    out: dict[str, Any] = {"id": key, "type": resource, "attributes": attributes, "links": {"self": self_link}}
    meta: dict[str, Any] = {}
    if not asked.fields or "meta" in asked.include:
        units = store.units(resource, row)
        meta["row"] = {name: {"units": unit} for name, unit in units.items() if name in attributes}
    if not asked.fields and resource == "runs":
        related = {name: _related(self_link, name) for name in _RELATIONS}
        out["relationships"] = related
    if labels := store.runs[row["run_number"]].synthetic if "run_number" in row else []:
        meta["synthetic"] = list(labels)
    return out | ({"meta": meta} if meta else {})


def _related(self_link: str, name: str) -> dict[str, Any]:
    return {"links": {"self": f"{self_link}/relationships/{name}", "related": f"{self_link}/{name}"}}


def _id(resource: str, row: Mapping[str, Any]) -> str:
    own = str(row[KEY[resource]])
    return f"{row['run_number']}_{own}" if resource == "lumisections" else own


def _about(name: str) -> dict[str, Any]:
    return {
        "title": name.replace("_", " "),
        "description": "",
        "units": None,
        "searchable": True,
        "sortable": True,
    }
