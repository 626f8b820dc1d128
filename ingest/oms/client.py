"""What OMS has, as rows: pages are walked by counting rows, so that no row is lost or taken twice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ingest.oms.connection import Connection
from ingest.oms.errors import BadRecord, NotAnswered, Unreachable

_NEWEST = 50
#: a page may end early, but not for ever
_MOST_PAGES = 10_000


@dataclass(frozen=True)
class Row:
    """One row: its attributes, and their units where OMS gives them with the row or the resource."""

    id: str
    attributes: dict[str, Any]
    units: dict[str, str]


class Oms:
    """Questions to OMS."""

    def __init__(self, connection: Connection, page_rows: int = 1000) -> None:
        self._connection, self._page_rows = connection, page_rows
        self._fields: dict[str, dict[str, Any]] = {}

    def changed_runs(self, mark: str, first_run: int = 0) -> list[Row]:
        """Return the runs that changed at or after a last update, the longest unchanged first.

        Without a mark: those from `first_run` on, or the newest few where that is 0.
        """
        found: dict[str, Row] = {}
        limits = [f"filter[run_number][GE]={first_run}"] if first_run else []
        for row in self._walk("runs", [*limits, "sort=-last_update", "include=meta"], _NEWEST):
            changed = str(row.attributes.get("last_update") or "")
            if mark and changed < mark:
                break
            # a run that moves up while the pages are walked comes twice: the newer one counts
            found.setdefault(row.id, row)
            if not mark and not first_run and len(found) >= _NEWEST:
                break
        return sorted(found.values(), key=lambda row: str(row.attributes.get("last_update") or ""))

    def run(self, run_number: int) -> Row | None:
        """Return one run, None where OMS does not have it."""
        rows = list(self._walk("runs", [f"filter[run_number][EQ]={run_number}", "include=meta"], _NEWEST))
        return rows[0] if rows else None

    def lumisections(self, run_number: int, fields: Sequence[str], first: int = 1) -> list[Row]:
        """Return the lumisections of a run from one on, every one of them, whatever pages they came in.

        Raises:
            BadRecord: a lumisection comes twice with different values.
            Unreachable: OMS gave fewer rows than it says there are.
        """
        known = self._known("lumisections")
        asked = [name for name in fields if name in known]
        query = [f"filter[run_number][EQ]={run_number}", f"fields={','.join(asked)}", "include=meta"]
        if first > 1:
            query.append(f"filter[lumisection_number][GE]={first}")
        rows = list(self._walk("lumisections", [*query, "sort=lumisection_number"], self._page_rows))
        for row in rows:
            if missing := [name for name in asked if name not in row.attributes]:
                raise BadRecord(f"Run {run_number}: lumisection {row.id} has no {missing[0]}.")
        return rows

    def units(self, resource: str) -> dict[str, Any]:
        """Return what OMS says of the attributes of a resource, their units among it."""
        return self._known(resource)

    def fill(self, fill_number: int) -> Row | None:
        """Return one fill, None where OMS does not have it."""
        rows = list(self._walk("fills", [f"filter[fill_number][EQ]={fill_number}"], _NEWEST))
        return rows[0] if rows else None

    def eras(self) -> list[Row]:
        """Return all eras."""
        return list(self._walk("eras", [], self._page_rows))

    def _known(self, resource: str) -> dict[str, Any]:
        """Return what OMS says of the attributes of a resource; asked once."""
        if resource not in self._fields:
            answer = self._connection.get(f"{resource}/meta")
            try:
                self._fields[resource] = dict(answer["meta"]["fields"])
            except (KeyError, TypeError, ValueError) as error:
                raise Unreachable(f"OMS does not say what {resource} have.") from error
        return self._fields[resource]

    def _walk(self, resource: str, query: list[str], limit: int) -> Iterator[Row]:
        seen: dict[str, Row] = {}
        offset = 0
        for _ in range(_MOST_PAGES):
            page = [f"page[offset]={offset}", f"page[limit]={limit}"]
            text = "&".join(quote(part, safe="[]=,-:") for part in [*query, *page])
            rows, total = self._page(resource, self._connection.get(resource, text))
            fresh = {row.id: row for row in rows if row.id not in seen}
            for row in rows:
                if row.attributes != seen.setdefault(row.id, row).attributes and resource == "lumisections":
                    raise BadRecord(f"OMS gives {resource} {row.id} twice, with different values.")
            yield from fresh.values()
            # by the rows that came: a server may give fewer than were asked for
            offset += min(len(rows), limit)
            if offset >= total and (len(seen) >= total or resource == "runs"):
                return
            if not rows or offset >= total:
                raise Unreachable(f"OMS says there are {total:,} {resource}, and gives {len(seen):,}.")
        raise NotAnswered(f"OMS gives {resource} without end.")

    def _page(self, resource: str, answer: Any) -> tuple[list[Row], int]:
        try:
            rows = [_row(each) for each in answer["data"]]
            return rows, int(answer["meta"]["totalResourceCount"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Unreachable(
                f"OMS does not answer with {resource}: {type(error).__name__} {error}."
            ) from error


def _row(told: Any) -> Row:
    meta = told.get("meta") or {}
    units = {name: str(each.get("units") or "") for name, each in (meta.get("row") or {}).items()}
    return Row(str(told["id"]), dict(told["attributes"]), units)
