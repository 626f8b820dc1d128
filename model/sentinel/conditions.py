"""The check of a run's class against what the run was: field, energy, beams, luminosity."""

from collections.abc import Iterator

from model.sentinel.finding import Finding, Kind
from model.sentinel.known import Known, ranges_of

#: below this the solenoid is off or ramping, T
_LEAST_FIELD_T = 3.6
#: below this beams only cross the machine, GeV per beam
_LEAST_ENERGY_GEV = 900.0
_COLLISIONS = "Collisions"


def run_class(known: Known) -> Iterator[Finding]:
    """A class that the run's conditions refute."""
    name = known.run.run_class
    parts = list(_refuting(known)) if name.startswith(_COLLISIONS) else []
    # commissioning has collisions by intent
    has_some = known.has_collisions & known.is_stable
    is_other = bool(has_some.any()) and not name.startswith((_COLLISIONS, "Commissioning"))
    if is_other:
        parts.append("both beams are stable and there is luminosity")
    if not parts:
        return
    where = has_some if is_other else known.has_collisions
    sentence = f"The run is {name or 'of no class'}, but {' and '.join(parts)}."
    yield Finding(Kind.CLASS, known.run.run_number, "dc", sentence, ranges_of(where), *known.sums(where))


def _refuting(known: Known) -> Iterator[str]:
    field, energy = _measured(known, "b_field"), _measured(known, "energy")
    if field is not None and field < _LEAST_FIELD_T:
        yield f"the field is {field:g} T"
    if energy is not None and energy < _LEAST_ENERGY_GEV:
        yield f"a beam has {energy:g} GeV"
    if known.run.upstream.get("stable_beam") is False and "stable_beam" not in known.run.assumed:
        yield "OMS says that beams were never stable"


def _measured(known: Known, name: str) -> float | None:
    value = known.run.upstream.get(name)
    if name in known.run.assumed or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)
