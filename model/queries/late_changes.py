"""What upstream changed of runs that were signed off, and what accepting it would do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from model import encoding
from model.asof import held
from model.errors import NotFound
from model.projections.late_changes import REJECTED, source_of
from model.ranges import Ranges, canonical, count, short_text
from model.tables import late_change
from model.vocabulary import DEFAULT_SOURCE

#: how many names a sentence holds
_NAMED = 4


@dataclass(frozen=True)
class LateChange:
    """One change of upstream that waits for an answer.

    Args:
        likeness: those of the same words are alike.
        kinds: what changed: `luminosity`, a bit, `lumisections added`, `lumisections removed`, `run: energy`,
            `luminosity of` another calibration.
        columns: online columns of which the rules would say something else.
        recorded_change_invpb: change of the run's recorded luminosity in the calibration of `source`, 1/pb.
        golden_change_invpb: change of what the golden rule selects, 1/pb; None where no rule reads the run.
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
    source: str = DEFAULT_SOURCE


def late_changes(connection: Connection, at: int, *, run_number: int | None = None) -> list[LateChange]:
    """Return the late changes that were open at a sequence, most luminosity first."""
    query = select(late_change).where(held(late_change, at))
    if run_number is not None:
        query = query.where(late_change.c.run_number == run_number)
    found = [_read(row) for row in connection.execute(query.order_by(late_change.c.id))]
    return sorted(found, key=lambda each: -abs(each.recorded_change_invpb))


def late_change_of(connection: Connection, number: int, at: int) -> LateChange:
    """Return one late change that was open at a sequence.

    Raises:
        NotFound: it was not.
    """
    found = next((each for each in late_changes(connection, at) if each.id == number), None)
    if found is None:
        raise NotFound(f"Late change {number} is not open: it was answered, replaced or withdrawn.")
    return found


def alike(connection: Connection, one: LateChange, at: int) -> list[LateChange]:
    """Return the open late changes that change the same things as one, itself among them."""
    return [each for each in late_changes(connection, at) if each.likeness == one.likeness]


def sentence(one: LateChange) -> str:
    """Say what upstream changed, and what accepting it would do."""
    spans = f" on {count(one.lumisections):,} LS ({short_text(one.lumisections)})" if one.lumisections else ""
    done = [f"{one.recorded_change_invpb:+,.3f} pb⁻¹ recorded"]
    if one.golden_change_invpb is not None:
        done.append(f"{one.golden_change_invpb:+,.3f} pb⁻¹ golden")
    if one.columns:
        done.append(f"another verdict of the rules in {_first_of(one.columns)}")
    return f"{one.source} changed {_first_of(one.kinds)}{spans}. If accepted: {', '.join(done)}."


def _first_of(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def last_rejected(connection: Connection, run_number: int, source: str = DEFAULT_SOURCE) -> LateChange | None:
    """Return the newest late change of a run and source, where a person rejected it."""
    query = select(late_change).where(late_change.c.run_number == run_number)
    rows = connection.execute(query.order_by(late_change.c.id.desc()))
    row = next((row for row in rows if source_of(encoding.parse(row.document)) == source), None)
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
        source_of(document),
    )
