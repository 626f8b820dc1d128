"""The checks of bits, counts and luminosity: each a pure function from what is known of a run to its findings.

What is not known contradicts nothing: a blank bit is a finding only where the same bit of the same run is known
elsewhere, and an attribute that nobody measured (`assumed`) refutes no other.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from model.ranges import count, subtract
from model.sentinel.finding import Finding, Kind
from model.sentinel.known import FALSE, TRUE, UNKNOWN, Bools, Known, mask, ranges_of
from model.vocabulary import BEAM_BITS, BITS, COLUMN_OF_BIT, workspace_of

#: what rounding makes of two numbers that are the same
_SHARE, _LEAST_INVPB = 1e-3, 1e-3
_ROUNDING_INVPB = 1e-6
CMS, LUMI, DC = "cms", "lumi", "dc"


def _found(
    known: Known, kind: Kind, owner: str, where: Bools, sentence: str, bits: tuple[str, ...] = ()
) -> Iterator[Finding]:
    if where.any():
        yield Finding(
            kind, known.run.run_number, owner, sentence, ranges_of(where), *known.sums(where), bits=bits
        )


def beam(known: Known) -> Iterator[Finding]:
    """Luminosity where a flag of a beam is false."""
    where = known.has_collisions & known.is_without_beam
    names = tuple(name for name in BEAM_BITS if (where & (known.bit(name) == FALSE)).any())
    yield from _found(
        known, Kind.BEAM, DC, where, f"There is luminosity while {_and(names)} {_is(names)} false.", names
    )


def physics(known: Known) -> Iterator[Finding]:
    """Luminosity recorded where the physics flag is false, and no other flag says why."""
    where = known.has_collisions & (known.recorded_invpb > known.floor_invpb)
    where &= (known.bit("physics_flag") == FALSE) & (known.bit("cms_active") != FALSE) & ~known.is_without_beam
    said = "Luminosity was recorded while physics_flag is false."
    yield from _found(known, Kind.PHYSICS, CMS, where, said, ("physics_flag",))


def active(known: Known) -> Iterator[Finding]:
    """Luminosity recorded where CMS was not active."""
    where = known.is_there & (known.recorded_invpb > known.floor_invpb)
    where &= known.bit("cms_active") == FALSE
    said = "Luminosity was recorded while cms_active is false."
    yield from _found(known, Kind.ACTIVE, CMS, where, said, ("cms_active",))


def nothing_recorded(known: Known) -> Iterator[Finding]:
    """Luminosity delivered and none recorded, where CMS was active."""
    where = known.has_collisions & (known.recorded_invpb <= 0) & (known.bit("cms_active") == TRUE)
    said = "Luminosity was delivered, none was recorded, and cms_active is true."
    yield from _found(known, Kind.NOTHING, CMS, where, said)


def no_luminosity(known: Known) -> Iterator[Finding]:
    """Stable beams and a measured luminosity of nothing."""
    where = known.is_there & known.is_stable & (known.delivered_invpb <= 0)
    said = "All flags of both beams are true, and no luminosity was delivered."
    for each in _found(known, Kind.QUIET, LUMI, where, said):
        yield _expecting(known, each)


def bits_blank(known: Known) -> Iterator[Finding]:
    """Bits that are known on some lumisections of the run, and blank on others that have luminosity."""
    blank: dict[str, list[tuple[str, Bools]]] = {}
    for name in BITS:
        where = known.has_collisions & (known.bit(name) == UNKNOWN) if known.bits.get(name) else None
        if where is not None and where.any():
            column = COLUMN_OF_BIT.get(name)
            blank.setdefault(workspace_of(column) if column else DC, []).append((name, where))
    for owner, found in blank.items():
        names = tuple(name for name, _ in found)
        where = np.logical_or.reduce([each for _, each in found])
        said = f"{_and(names)} {_is(names)} blank here and known on other lumisections of the run."
        yield from _found(known, Kind.GAP, owner, where, said, names)


def holes(known: Known) -> Iterator[Finding]:
    """Numbers between 1 and the last lumisection that are none."""
    if known.is_there[: known.last].all():
        return
    where = ~known.is_there & (np.arange(known.length) < known.last)
    said = f"{int(where.sum()):,} of the numbers 1 to {known.last:,} are no lumisections."
    for each in _found(known, Kind.HOLES, CMS, where, said):
        yield _expecting(known, each)


def gone(known: Known) -> Iterator[Finding]:
    """Lumisections that the run once had."""
    if lost := subtract(known.before, known.exists):
        where = mask(lost, max(known.length, lost[-1].last))[: known.length]
        said = f"OMS once had {count(lost):,} lumisections that it does not have now"
        then = f"; the run ended at {lost[-1].last:,} then, now at {known.last:,}"
        ended = then if lost[-1].last > known.last else ""
        yield Finding(Kind.GONE, known.run.run_number, DC, f"{said}{ended}.", lost, *known.sums(where))


def count_differs(known: Known) -> Iterator[Finding]:
    """OMS's own last lumisection is another than that of the lumisections it gave; once the run has ended."""
    said = known.run.upstream.get("last_lumisection_number")
    if isinstance(said, int) and said != known.last and not known.is_going_on:
        sentence = f"OMS says that the run has {said:,} lumisections; the last one it gave is {known.last:,}."
        yield Finding(Kind.COUNT, known.run.run_number, CMS, sentence)


def outside(known: Known) -> Iterator[Finding]:
    """Luminosity on numbers that are no lumisections: in a hole, or beyond the last."""
    told = [~np.isnan(v) & (v != 0) for v in (known.recorded_invpb, known.delivered_invpb)]
    where = (told[0] | told[1]) & ~known.is_there
    said = f"Luminosity stands on numbers that are no lumisections; the last one is {known.last:,}."
    yield from _found(known, Kind.OUTSIDE, LUMI, where, said)


def missing(known: Known) -> Iterator[Finding]:
    """Lumisections without luminosity, of a run that has some or should have; not those just taken."""
    is_blank = np.isnan(known.recorded_invpb) | np.isnan(known.delivered_invpb)
    where = known.is_there & is_blank
    measured = np.flatnonzero(known.is_there & ~is_blank)
    if not len(measured):
        where &= known.is_stable | (known.run.run_class.startswith("Collisions") and not known.is_going_on)
    elif known.is_going_on:
        where[measured[-1] :] = False
    what = "These lumisections have" if len(measured) else "The run has"
    for each in _found(known, Kind.MISSING, LUMI, where, f"{what} no luminosity."):
        yield _expecting(known, each)


def total(known: Known) -> Iterator[Finding]:
    """OMS's luminosity of the run is another than the sum of its lumisections; once the run has ended."""
    parts, differences = [], {}
    for name, values in (("recorded", known.recorded_invpb), ("delivered", known.delivered_invpb)):
        said, added = known.run.upstream.get(f"{name}_lumi"), float(np.nansum(values[known.is_there]))
        if isinstance(said, int | float) and abs(said - added) > max(_LEAST_INVPB, _SHARE * abs(added)):
            differences[name] = abs(said - added)
            parts.append(f"{name} {said:,.3f} pb⁻¹ of the run and {added:,.3f} in its lumisections")
    if parts and not known.is_going_on:
        sums = (differences.get("recorded", 0.0), differences.get("delivered", 0.0))
        yield Finding(Kind.TOTAL, known.run.run_number, LUMI, f"OMS says {' and '.join(parts)}.", (), *sums)


def negative(known: Known) -> Iterator[Finding]:
    """Luminosity below nothing."""
    where = known.is_there & ((known.recorded_invpb < 0) | (known.delivered_invpb < 0))
    yield from _found(known, Kind.NEGATIVE, LUMI, where, "The luminosity is negative.")


def excess(known: Known) -> Iterator[Finding]:
    """More recorded than delivered, beyond rounding."""
    most = known.delivered_invpb * (1 + _SHARE) + _ROUNDING_INVPB
    where = known.is_there & (known.recorded_invpb > most)
    yield from _found(known, Kind.EXCESS, LUMI, where, "More luminosity was recorded than delivered.")


def _expecting(known: Known, each: Finding) -> Finding:
    """Say what the lumisections beside suggest: the mean of both neighbours, that of one where it is alone."""
    expected = sum(_beside(known, span.first, span.last) for span in each.lumisections)
    return replace(each, expected_invpb=expected)


def _beside(known: Known, first: int, last: int) -> float:
    values = known.delivered_invpb
    near = [values[i] for i in (first - 2, last) if 0 <= i < len(values) and values[i] > known.floor_invpb]
    # beams that were there on one side only may have gone at once
    return float(np.mean(near)) * (last - first + 1) if len(near) == 2 else 0.0


def _and(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def _is(names: tuple[str, ...]) -> str:
    return "are" if len(names) > 1 else "is"
