"""What arrives from upstream about a run: recorded where it is new, kept aside where the run was signed off."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from model import rights
from model.authors import Author
from model.commands import automatic, late_changes
from model.commands.differences import RUNNING_TOTALS, Arrival, Difference, difference, measured
from model.commands.upstream import Luminosity, report_luminosity, report_run, require_lumisections
from model.errors import Invalid
from model.events import RunReported
from model.journal import Transaction
from model.queries import runs
from model.queries.luminosities import luminosity
from model.ranges import count
from model.rights import Action
from model.vocabulary import FIRST_CMS_RUN, State

__all__ = ["Arrival", "arrive", "measure"]


def arrive(
    tx: Transaction,
    arrival: Arrival,
    by: Author,
    *,
    is_history: bool = False,
    happened_at: datetime | None = None,
) -> int:
    """Record what is new, and let the rules speak on it; a run that was signed off gets a late change instead.

    Args:
        is_history: its verdicts were given elsewhere: the rules do not speak.

    Returns: how many events were recorded: none where nothing is new.

    Raises:
        Invalid: no CMS run number, or lumisections, bits and numbers that do not fit together.
        Forbidden: the author does not ingest.
    """
    rights.require(by, Action.INGEST)
    _require_sense(arrival)
    new = difference(tx.connection, arrival)
    if new.known is not None and runs.run(tx.connection, arrival.run_number).state != State.OPEN:
        return late_changes.propose(tx, arrival.run_number, late_changes.completed(tx, arrival, new), by)
    events = late_changes.withdraw(tx, arrival.run_number, by) if arrival.tells_lumisections else 0
    if _is_worth_recording(arrival, new):
        tx.record(RunReported(arrival.run_number, new.attributes), by, happened_at=happened_at)
        events += 1
    if new.change is not None:
        tx.record(new.change, by, happened_at=happened_at)
        events += 1
    if not events or is_history:
        return events
    return events + automatic.decide_run(tx, arrival.run_number, by, happened_at=happened_at)


def measure(
    tx: Transaction, run_number: int, attributes: Mapping[str, Any], told: Luminosity, by: Author
) -> int:
    """Record a calibration's luminosity of a run; what it corrects of a signed-off one is a late change.

    What it tells of a run for the first time stands beside the others and changes nothing: it is taken.

    Returns: how many events were recorded: none where nothing is new.

    Raises:
        Invalid: not a CMS run number, or arrays of unequal length.
        Forbidden: the author does not ingest.
    """
    rights.require(by, Action.INGEST)
    new = measured(tx.connection, run_number, attributes, told)
    if new.known is None or runs.run(tx.connection, run_number).state == State.OPEN:
        events = late_changes.withdraw(tx, run_number, by, source=told.source)
        before = tx.head.sequence
        report_run(tx, run_number, attributes, by, source=told.source)
        report_luminosity(tx, run_number, told, by)
        return events + tx.head.sequence - before
    first = luminosity(tx.connection, run_number, told.source) is None
    if first:
        report_luminosity(tx, run_number, told, by)
        new = measured(tx.connection, run_number, attributes, told)
    return first + late_changes.propose(tx, run_number, new, by, source=told.source)


def _require_sense(arrival: Arrival) -> None:
    if arrival.run_number < FIRST_CMS_RUN:
        raise Invalid(f"{arrival.run_number} is no CMS run number: they begin at {FIRST_CMS_RUN}.")
    if arrival.told:
        require_lumisections(arrival.run_number, arrival.told, arrival.bits)
    sizes = {len(a) for a in (arrival.delivered_invpb, arrival.recorded_invpb, arrival.pileup)}
    if sizes != {count(arrival.told)}:
        raise Invalid(f"Run {arrival.run_number}: {count(arrival.told)} lumisections, {sorted(sizes)} numbers.")


def _is_worth_recording(arrival: Arrival, new: Difference) -> bool:
    """Tell whether new attributes are more than totals of a run that goes on, a little larger than before.

    Such totals are recorded each time the run has grown by a tenth: a document per lumisection would be most of
    what the registry keeps, and all of it can be summed from the lumisections.
    """
    if new.known is None or set(new.attributes) - RUNNING_TOTALS:
        return True
    if not new.attributes or set(new.attributes) == {"last_update"}:
        return False
    if new.known.get("end_time") is not None or not arrival.tells_lumisections:
        return True
    before, after = (told.get("last_lumisection_number") or 0 for told in (new.known, new.attributes))
    return bool(after * 10 >= before * 11)
