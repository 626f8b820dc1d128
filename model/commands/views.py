"""Saved views: an address with its filter under a name, for oneself or for everybody."""

import re
from collections.abc import Mapping
from typing import Any

from model import rights
from model.authors import Author
from model.errors import Forbidden, Invalid, NotFound
from model.events import DocumentSet
from model.filters.language import parse
from model.journal import Transaction
from model.queries.views import KIND, QUERY, View, key, view
from model.rights import Action
from model.sandbox.limits import LONGEST_SQL

_LONGEST_NAME = 60
_LONGEST_VALUE = 6_000
_PATH = re.compile(rf"/(?:certify(?:/[a-z0-9]{{1,40}})?|runs)|{QUERY}")
#: what of an address is kept; when one looks is not part of a view
KEPT = ("stage", "runs", "cycle", "where", "sort", "hidden")
KEPT_OF_QUERY = ("sql", "snapshot", "plot", "x", "y")


def save_view(
    tx: Transaction, name: str, path: str, search: Mapping[str, str], by: Author, *, is_shared: bool = False
) -> int:
    """Keep an address under a name; the author's earlier view of this name is replaced.

    Raises:
        Invalid: no name, no page that has views, or a filter that is none.
        Forbidden: a program asks.
    """
    if not by.is_person:
        raise Forbidden(f"{by.name} is a program: views are for people.")
    if not name.strip() or name != name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        raise Invalid(f"A view needs a name of at most {_LONGEST_NAME} characters.")
    if not _PATH.fullmatch(path):
        raise Invalid(f"“{path[:40]}” is no page that has views.")
    kept, longest = (KEPT_OF_QUERY, LONGEST_SQL) if path == QUERY else (KEPT, _LONGEST_VALUE)
    strange = sorted(set(search) - set(kept))
    if strange or any(len(value) > longest for value in search.values()):
        raise Invalid(f"A view keeps {', '.join(kept)}, not {', '.join(strange) or 'so much'}.")
    if path == QUERY and not search.get("sql", "").strip():
        raise Invalid("There is no statement to keep.")
    if where := search.get("where"):
        parse(where)
    document: dict[str, Any] = {
        "owner": by.name,
        "name": name,
        "path": path,
        "search": {k: v for k, v in search.items() if v},
        "is_shared": is_shared,
    }
    if view(tx.connection, by.name, name) == View(**document):
        raise Invalid(f"The view {name} is so already.")
    return tx.record(DocumentSet(KIND, key(by.name, name), document), by)


def remove_view(tx: Transaction, owner: str, name: str, by: Author) -> int:
    """Take a view away: one's own, or with the right to configure a shared one of somebody else.

    Raises:
        NotFound: there is no such view that the author can see.
        Forbidden: it is somebody else's.
    """
    found = view(tx.connection, owner, name)
    if found is None or not (found.is_shared or owner == by.name):
        raise NotFound(f"There is no view {name} of {owner}.")
    if owner != by.name:
        rights.require(by, Action.EDIT_CONFIGURATION)
    return tx.record(DocumentSet(KIND, key(owner, name), None), by)
