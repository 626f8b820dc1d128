"""Rows of OMS in our words: types are checked, units read from each row, nothing is guessed."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from ingest.files.bits import merged
from ingest.files.records import Value
from ingest.files.report import Unexpected
from ingest.files.values import LAST_LUMISECTION, LAST_RUN, era, moment
from ingest.oms.client import Row
from ingest.oms.errors import BadRecord
from model.commands.arrival import Arrival
from model.frames.schema import RUN_OMS, SCHEMA
from model.ranges import from_numbers
from model.vocabulary import BEAM_BITS, BITS, FIRST_CMS_RUN

_PER_LS = ("delivered_lumi_per_lumisection", "recorded_lumi_per_lumisection")
_NUMBER_OF = "lumisection_number"
#: what is asked of every lumisection
LUMISECTION_FIELDS = (
    "run_number",
    _NUMBER_OF,
    "end_time",
    *BITS,
    "prescale_index",
    "prescale_name",
    *_PER_LS,
    "pileup",
)
#: how many 1/pb one of a unit is
_INVPB = {"fb": 1e3, "pb": 1.0, "nb": 1e-3, "{\\mu}b": 1e-6, "\\mub": 1e-6, "ub": 1e-6, "mb": 1e-9, "b": 1e-12}
_LUMINOSITY = re.compile(r"(.*)\^\{-1\}")
_RATE = re.compile(r"10\^\{(\d+)\}cm\^\{-2\}s\^\{-1\}")
_TIMES = frozenset({"start_time", "end_time", "last_update"})
#: ours, and OMS's name for it
_OTHER_NAMES = {"beta_star": "beta_star_start", "crossing_angle": "crossing_angle_start"}
_INCLUDED = tuple(
    v.path.removeprefix(RUN_OMS).removesuffix("_included") for v in SCHEMA if v.path.endswith("_included")
)
_DERIVED = frozenset({"ls_duration", "beams_present_and_stable", "injection_scheme", "run_number"})
_BESIDES = ("last_lumisection_number",)


def run_number_of(row: Row) -> int:
    """Return the number of a run's row.

    Raises:
        BadRecord: it has none that a CMS run can have.
    """
    found = row.attributes.get("run_number")
    if isinstance(found, bool) or not isinstance(found, int) or not FIRST_CMS_RUN <= found <= LAST_RUN:
        raise BadRecord(f"“{found}” is no run number.")
    return found


def run_attributes(row: Row) -> dict[str, Any]:
    """Return the attributes of a run in our names and units; an attribute OMS has no value for is None.

    Raises:
        BadRecord: a value of the wrong type, or a luminosity without a unit.
    """
    told, run = row.attributes, run_number_of(row)
    found: dict[str, Any] = {}
    for variable in SCHEMA:
        name = variable.path.removeprefix(RUN_OMS)
        theirs = _OTHER_NAMES.get(name, name)
        if not variable.path.startswith(RUN_OMS) or name in _DERIVED or theirs not in told:
            continue
        found[name] = _of_kind(f"Run {run}: {theirs}", variable.kind, told[theirs], row.units.get(theirs, ""))
    for name in _BESIDES:
        if name in told:
            found[name] = _whole(f"Run {run}: {name}", told[name])
    if isinstance(found.get("era"), str):
        found["era"] = era(found["era"])
    if isinstance(found.get("components"), list):
        inside = {str(name).lower() for name in found["components"]}
        found |= {f"{name}_included": name in inside for name in _INCLUDED}
    return found


def arrival(
    run_number: int,
    attributes: Mapping[str, Any],
    rows: Sequence[Row],
    units: Mapping[str, Any],
    *,
    is_whole: bool,
) -> Arrival:
    """Return a run with some or all of its lumisections.

    Args:
        units: of the resource's attributes, for rows that carry none.

    Raises:
        BadRecord: a lumisection that makes no sense.
    """
    by_number = {_number(run_number, row): row for row in rows}
    ordered = [by_number[n] for n in sorted(by_number)]
    values = [_values(run_number, row) for row in ordered]
    bits = merged((n, n, known) for n, known in zip(sorted(by_number), values, strict=True))
    derived: dict[str, Any] = {}
    if any(all(known.get(bit) is True for bit in BEAM_BITS) for known in values):
        derived["beams_present_and_stable"] = True
    elif is_whole and rows:
        derived["beams_present_and_stable"] = False
    if is_whole:
        derived["ls_duration"] = len(ordered)
    numbers = [np.array([_luminosity(run_number, row, name, units) for row in ordered]) for name in _PER_LS]
    pileup = np.array([_float(f"Run {run_number}: pileup", row.attributes["pileup"]) for row in ordered])
    told = from_numbers(by_number)
    return Arrival(run_number, {**attributes, **derived}, told, bits, numbers[0], numbers[1], pileup, is_whole)


def happened_at(rows: Sequence[Row]) -> datetime | None:
    """Return when the last of some lumisections ended; None where OMS does not say."""
    ends = [end for row in rows if isinstance(end := row.attributes.get("end_time"), str)]
    text = moment(max(ends)) if ends else None
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def _number(run_number: int, row: Row) -> int:
    told, n = row.attributes, row.attributes.get(_NUMBER_OF)
    if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= LAST_LUMISECTION:
        raise BadRecord(f"Run {run_number}: “{n}” is no lumisection number.")
    if told.get("run_number") != run_number:
        raise BadRecord(f"Run {run_number}: OMS gives lumisection {n} of run {told.get('run_number')}.")
    return n


def _values(run_number: int, row: Row) -> dict[str, Value]:
    found: dict[str, Value] = {}
    told = row.attributes
    for name in BITS:
        value = told.get(name)
        if value is None:
            continue
        if not isinstance(value, bool):
            raise BadRecord(f"Run {run_number}: {name} of lumisection {told[_NUMBER_OF]} is “{value}”, no bit.")
        found[name] = value
    index = _whole(f"Run {run_number}: prescale_index", told.get("prescale_index"))
    if index is not None:
        found["prescale_index"] = index
    if prescale := told.get("prescale_name"):
        found["prescale_name"] = str(prescale)
    return found


def _luminosity(run_number: int, row: Row, name: str, units: Mapping[str, Any]) -> float:
    value = _float(f"Run {run_number}: {name}", row.attributes[name])
    if math.isnan(value):
        return value
    unit = row.units.get(name) or str((units.get(name) or {}).get("units") or "")
    return value * _invpb(f"Run {run_number}: {name}", unit)


def _of_kind(where: str, kind: str, value: Any, unit: str) -> Any:
    if value is None:
        return None
    name = where.rsplit(" ", 1)[-1]
    if kind == "number":
        number = _float(where, value)
        if name in ("delivered_lumi", "recorded_lumi"):
            return number * _invpb(where, unit)
        return number * _rate(where, unit) if name in ("init_lumi", "end_lumi") else value
    expected = {"text": str, "boolean": bool, "list": list}[kind]
    if not isinstance(value, expected):
        raise BadRecord(f"{where} is “{value}”, not a {kind}.")
    return _time(where, str(value)) if name in _TIMES else value


def _time(where: str, text: str) -> str | None:
    try:
        return moment(text)
    except Unexpected as error:
        raise BadRecord(f"{where} is “{text}”, not a time.") from error


def _float(where: str, value: Any) -> float:
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadRecord(f"{where} is “{value}”, not a number.")
    return float(value)


def _whole(where: str, value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadRecord(f"{where} is “{value}”, not a whole number.")
    return value


def _invpb(where: str, unit: str) -> float:
    match = _LUMINOSITY.fullmatch(unit.strip())
    if match is None or match[1] not in _INVPB:
        raise BadRecord(f"{where} is in “{unit}”, which is no known unit of luminosity.")
    return _INVPB[match[1]]


def _rate(where: str, unit: str) -> float:
    """Return how many 10³⁴/cm²/s one of a unit is."""
    match = _RATE.fullmatch(unit.strip())
    if match is None:
        raise BadRecord(f"{where} is in “{unit}”, which is no known unit of instantaneous luminosity.")
    return float(10.0 ** (int(match[1]) - 34))


def era_of(run_number: int, rows: Sequence[Row]) -> str | None:
    """Return the era whose runs this one is among, None where OMS names none."""
    for row in rows:
        first, last = row.attributes.get("start_run"), row.attributes.get("end_run")
        if isinstance(first, int) and first <= run_number and (not isinstance(last, int) or run_number <= last):
            return era(str(row.attributes.get("name") or ""))
    return None
