"""Saved views: which ones somebody sees."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import Connection

from model.queries import documents

KIND = "view"
#: the page whose views are queries: SQL, and the snapshot it is asked of
QUERY = "/query"


@dataclass(frozen=True)
class View:
    """An address under a name."""

    owner: str
    name: str
    path: str
    search: Mapping[str, str]
    is_shared: bool

    @property
    def address(self) -> str:
        """Return the address that it stands for."""
        if self.path == QUERY:
            # SQL can be longer than an address may be
            return f"{QUERY}?{urlencode({'saved': key(self.owner, self.name)})}"
        return f"{self.path}?{urlencode(self.search)}" if self.search else self.path


def key(owner: str, name: str) -> str:
    """Return the name of its document."""
    return f"{owner}/{name}"


def view(connection: Connection, owner: str, name: str) -> View | None:
    """Return the view of a name as it is now, or None."""
    found = documents.document(connection, KIND, key(owner, name))
    return View(**found) if found else None


def views(connection: Connection, who: str, at: int) -> list[View]:
    """Return the views of somebody and those that are shared, one's own first."""
    kept = [View(**found) for found in documents.documents(connection, KIND, at).values() if found]
    seen = [each for each in kept if each.is_shared or each.owner == who]
    return sorted(seen, key=lambda each: (each.owner != who, each.name.lower(), each.owner))
