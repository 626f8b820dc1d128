"""What upstream changed of runs that were signed off, and what accepting it would do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from model import encoding
from model.asof import held
from model.projections.late_changes import REJECTED
from model.ranges import Ranges, canonical
from model.tables import late_change


@dataclass(frozen=True)
class LateChange:
    """One change of upstream that waits for an answer.

    Args:
        likeness: those of the same words are alike.
        kinds: what changed: `luminosity`, a bit, `lumisections added`, `lumisections removed`, `run: energy`.
        columns: online columns of which the rules would say something else.
        recorded_change_invpb: change of the run's recorded luminosity, 1/pb.
        golden_change_invpb: change of what the golden rule selects, 1/pb; None where no rule is kept.
    """

    id: int
    run_number: int
    likeness: str
    kinds: tuple[str, ...]
    lumisections: Ranges
    columns: tuple[str, ...]
    recorded_change_invpb: float
    golden_change_invpb: float | None
    golden_change_lumisections: int
    attributes: Mapping[str, Any]
    change: Mapping[str, Any]


def late_changes(connection: Connection, at: int, *, run_number: int | None = None) -> list[LateChange]:
    """Return the late changes that were open at a sequence, most luminosity first."""
    query = select(late_change).where(held(late_change, at))
    if run_number is not None:
        query = query.where(late_change.c.run_number == run_number)
    found = [_read(row) for row in connection.execute(query.order_by(late_change.c.id))]
    return sorted(found, key=lambda each: -abs(each.recorded_change_invpb))


def last_rejected(connection: Connection, run_number: int) -> LateChange | None:
    """Return the newest late change of a run, where a person rejected it."""
    query = select(late_change).where(late_change.c.run_number == run_number)
    row = connection.execute(query.order_by(late_change.c.id.desc()).limit(1)).first()
    return _read(row) if row is not None and row.answer == REJECTED else None


def _read(row: Any) -> LateChange:
    document = encoding.parse(row.document)
    said = document["consequence"]
    return LateChange(
        row.id,
        row.run_number,
        row.likeness,
        tuple(said["kinds"]),
        canonical((first, last) for first, last in said["lumisections"]),
        tuple(said["columns"]),
        said["recorded_invpb"],
        said["golden_invpb"],
        said["golden_lumisections"],
        document["attributes"],
        document["change"],
    )
