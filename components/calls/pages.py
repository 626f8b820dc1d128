"""Which screen answers to which calls."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from components.calls import rows, wide
from components.calls.call import Address, Call
from components.calls.query import query

#: by the first part of the path
PAGES: Mapping[str, Callable[[Address], list[Call]]] = MappingProxyType(
    {
        "": rows.board,
        "runs": rows.runs,
        "certify": rows.certify,
        "decide": rows.decide,
        "consistency": rows.consistency,
        "map": wide.era_map,
        "trends": wide.trends,
        "golden": wide.golden,
        "reports": wide.reports,
        "rules": wide.rules,
        "products": wide.products,
        "lists": wide.lists,
        "cycles": wide.cycles,
        "datasets": wide.datasets,
        "bulk": wide.bulk,
        "health": wide.health,
        "query": query,
        "admin": wide.admin,
        "log": wide.log,
        "glossary": lambda _address: [],
        "training": wide.training,
    }
)


def calls_of(address: Address) -> list[Call]:
    """Return the calls of a screen; none where there is nothing to ask."""
    page, _, rest = address.path.strip("/").partition("/")
    if page == "runs" and rest:
        return rows.run(address) if rest.isascii() and rest.isdecimal() and len(rest) < 10 else []
    return PAGES[page](address) if page in PAGES else []
