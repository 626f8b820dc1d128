"""Which datasets a golden list is made of: name pattern, class, era, runs, cycle; one of a run, or a policy."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, func, or_, select, tuple_

from model.asof import held
from model.errors import Ambiguous, NotFound
from model.frames.refs import DatasetRef, refs, require_pattern
from model.queries import documents
from model.queries.cycles import KIND as CYCLE
from model.tables import dataset_summary

#: what to do where a run has several matching datasets
POLICIES = ("refuse", "union", "intersection")


@dataclass(frozen=True)
class Within:
    """What a dataset and its run must be, besides being named as the pattern says; empty: anything.

    Args:
        runs: [first, last] run numbers, inclusive.
    """

    run_class: str = ""
    era: str = ""
    runs: tuple[tuple[int, int], ...] = ()
    cycle: str = ""

    def document(self) -> dict[str, Any]:
        """Return what is asked for, as a manifest keeps it."""
        said = {name: value for name, value in asdict(self).items() if value}
        return said | ({"runs": [list(span) for span in self.runs]} if self.runs else {})

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Within":
        """Return what a manifest asks for."""
        spans = tuple((int(first), int(last)) for first, last in document.get("runs", ()))
        said = {name: str(document.get(name, "")) for name in ("run_class", "era", "cycle")}
        return cls(said["run_class"], said["era"], spans, said["cycle"])


#: no condition
EVERYWHERE = Within()


def chosen_datasets(
    connection: Connection, at: int, pattern: str, within: Within = EVERYWHERE, several: str = "union"
) -> list[DatasetRef]:
    """Return the datasets of a choice, in order of runs.

    Raises:
        NotFound: none matches, or there is no such cycle.
        Ambiguous: a run has several, and the policy is to refuse.
    """
    require_pattern(pattern)
    chosen = refs(connection, at, pattern)
    if within != EVERYWHERE:
        inside = _inside(connection, at, within)
        chosen = [ref for ref in chosen if ref.dataset_id in inside]
    if not chosen:
        which = ", ".join(f"{name} {_said(value)}" for name, value in within.document().items())
        among = f" with {which.replace('_', ' ')}" if which else ""
        raise NotFound(f"No dataset is named {pattern}{among} (% stands for any text).")
    if several == "refuse":
        for one, other in zip(chosen, chosen[1:], strict=False):
            if one.run_number == other.run_number:
                raise Ambiguous(
                    f"Run {one.run_number} has both {one.name} and {other.name}: "
                    "name one of them, or choose union or intersection."
                )
    return chosen


def choices(connection: Connection, at: int) -> dict[str, list[str]]:
    """Return the classes, eras and cycles there were at a sequence: the era that began last first."""
    s = dataset_summary
    query = select(s.c.run_class, s.c.era, func.min(s.c.run_number).label("began")).where(held(s, at))
    found = connection.execute(query.group_by(s.c.run_class, s.c.era)).all()
    began: dict[str, int] = {}
    for row in found:
        began[row.era] = min(row.began, began.get(row.era, row.began))
    return {
        "run_class": sorted({row.run_class for row in found if row.run_class}),
        "era": [era for era in sorted(began, key=began.__getitem__, reverse=True) if era],
        "cycle": list(documents.documents(connection, CYCLE, at)),
    }


def _said(value: Any) -> str:
    return str(value) if isinstance(value, str) else ", ".join(f"{first}–{last}" for first, last in value)


def _inside(connection: Connection, at: int, within: Within) -> set[int]:
    s = dataset_summary
    query = select(s.c.dataset_id).where(held(s, at), ~s.c.is_hidden)
    if within.run_class:
        query = query.where(s.c.run_class == within.run_class)
    if within.era:
        query = query.where(s.c.era == within.era)
    if within.runs:
        query = query.where(or_(*(s.c.run_number.between(first, last) for first, last in within.runs)))
    if within.cycle:
        document = documents.document(connection, CYCLE, within.cycle, at)
        if document is None:
            raise NotFound(f"There is no cycle {within.cycle}.")
        query = query.where(tuple_(s.c.run_number, s.c.name).in_([tuple(d) for d in document["datasets"]]))
    return {row.dataset_id for row in connection.execute(query)}
