"""Each check of the sentinel against a reading of it lumisection by lumisection, written out plainly."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import isnan, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.queries.runs import Run
from model.ranges import LumisectionRange, from_numbers, numbers
from model.sentinel.finding import Finding, Kind
from model.sentinel.known import Known
from model.sentinel.sentinel import CHECKS, findings_of
from model.vocabulary import BEAM_BITS

RUN = 380001
_BITS = (*BEAM_BITS, "cms_active", "physics_flag", "bpix_ready", "hf_ready")
_VALUES = (nan, -1e-5, 0.0, 0.004, 0.2, 0.3)


@dataclass(frozen=True)
class Plain:
    """A run as a dictionary of lumisections: what the checks are read from, without arrays."""

    exists: frozenset[int]
    before: frozenset[int]
    bits: Mapping[str, Mapping[int, bool]]
    delivered: tuple[float, ...]
    recorded: tuple[float, ...]
    facts: Mapping[str, Any]
    run_class: str = "Collisions24"
    assumed: frozenset[str] = frozenset()

    @property
    def last(self) -> int:
        return max(self.exists, default=0)

    def deliv(self, n: int) -> float:
        return self.delivered[n - 1] if n <= len(self.delivered) else nan

    def rec(self, n: int) -> float:
        return self.recorded[n - 1] if n <= len(self.recorded) else nan

    def every(self) -> range:
        return range(1, max(self.last, len(self.delivered), len(self.recorded)) + 1)

    def collides(self, n: int) -> bool:
        return n in self.exists and (self.deliv(n) > 0.01 or self.rec(n) > 0.01)

    def bit(self, name: str, n: int) -> bool | None:
        return self.bits.get(name, {}).get(n)

    def is_stable(self, n: int) -> bool:
        return all(self.bit(name, n) is True for name in BEAM_BITS)

    def is_without_beam(self, n: int) -> bool:
        return any(self.bit(name, n) is False for name in BEAM_BITS)

    def known(self) -> Known:
        run = Run(RUN, self.facts, {"class": self.run_class}, self.assumed)
        bits = {name: [(n, n, v) for n, v in sorted(told.items())] for name, told in self.bits.items()}
        values = (np.array(self.delivered), np.array(self.recorded))
        return Known(run, from_numbers(self.exists), from_numbers(self.before), bits, *values)


def plain(exists: range | frozenset[int] = range(1, 11), **words: Any) -> Plain:
    """Return a run of ten lumisections with 0.2 /pb each, of which no bit is known, unless told otherwise."""
    there = frozenset(exists)
    values = (0.2,) * max(there, default=0)
    said = {"before": there, "bits": {}, "delivered": values, "recorded": values, "facts": {}}
    return Plain(there, **{**said, **words})


@st.composite
def runs(draw: st.DrawFn) -> Plain:
    length = draw(st.integers(0, 12))
    some = st.frozensets(st.integers(1, max(length, 1)))
    bits = {
        name: draw(st.dictionaries(st.integers(1, max(length, 1)), st.booleans()))
        for name in draw(st.lists(st.sampled_from(_BITS), unique=True))
    }
    exists = draw(some)
    # bits stand on lumisections only
    bits = {name: {n: v for n, v in told.items() if n in exists} for name, told in bits.items()}
    size = draw(st.integers(0, 14))
    values = st.tuples(*[st.sampled_from(_VALUES)] * size)
    facts: dict[str, Any] = draw(
        st.sampled_from([{}, {"end_time": None}, {"end_time": "2024-05-01T12:00:00Z"}])
    )
    facts |= draw(
        st.sampled_from([{}, {"last_lumisection_number": 5}, {"recorded_lumi": 0.4, "delivered_lumi": 1.0}])
    )
    name = draw(st.sampled_from(["Collisions24", "Cosmics24", "Commissioning24", ""]))
    return Plain(exists, draw(some), bits, draw(values), draw(values), facts, name)


def _missing(run: Plain, n: int) -> bool:
    blank = {i for i in run.exists if isnan(run.rec(i)) or isnan(run.deliv(i))}
    measured = run.exists - blank
    goes_on = run.facts.get("end_time", "") is None
    if n not in blank:
        return False
    if not measured:
        return run.is_stable(n) or (run.run_class.startswith("Collisions") and not goes_on)
    return not goes_on or n < max(measured)


#: where each kind of finding is, said of one number
READINGS: Mapping[Kind, Callable[[Plain, int], bool]] = {
    Kind.BEAM: lambda run, n: run.collides(n) and run.is_without_beam(n),
    Kind.PHYSICS: lambda run, n: (
        n in run.exists
        and run.rec(n) > 0.01
        and run.bit("physics_flag", n) is False
        and run.bit("cms_active", n) is not False
        and not run.is_without_beam(n)
    ),
    Kind.ACTIVE: lambda run, n: n in run.exists and run.rec(n) > 0.01 and run.bit("cms_active", n) is False,
    Kind.NOTHING: lambda run, n: run.collides(n) and run.rec(n) <= 0 and run.bit("cms_active", n) is True,
    Kind.QUIET: lambda run, n: n in run.exists and run.is_stable(n) and run.deliv(n) <= 0,
    Kind.HOLES: lambda run, n: n not in run.exists and n <= run.last,
    Kind.GONE: lambda run, n: n in run.before and n not in run.exists,
    Kind.OUTSIDE: lambda run, n: (
        n not in run.exists and any(not isnan(v) and v != 0 for v in (run.rec(n), run.deliv(n)))
    ),
    Kind.MISSING: _missing,
    Kind.NEGATIVE: lambda run, n: n in run.exists and (run.rec(n) < 0 or run.deliv(n) < 0),
    Kind.EXCESS: lambda run, n: n in run.exists and run.rec(n) > run.deliv(n) * 1.001 + 1e-6,
}


def _of(run: Plain, kind: Kind) -> list[Finding]:
    return list(CHECKS[kind](run.known()))


@pytest.mark.parametrize("kind", READINGS)
@given(run=runs())
def test_a_check_finds_what_reading_each_lumisection_finds(kind: Kind, run: Plain) -> None:
    wanted = {n for n in {*run.every(), *run.before} if READINGS[kind](run, n)}
    found = _of(run, kind)
    assert {n for each in found for n in numbers(each.lumisections)} == wanted
    for each in found:
        assert each.recorded_invpb == pytest.approx(sum(run.rec(n) for n in wanted if not isnan(run.rec(n))))
        assert each.delivered_invpb == pytest.approx(
            sum(run.deliv(n) for n in wanted if not isnan(run.deliv(n)))
        )


@given(run=runs())
def test_a_bit_is_blank_only_where_the_same_bit_is_known_elsewhere(run: Plain) -> None:
    wanted = {
        (name, n)
        for name, told in run.bits.items()
        for n in run.exists
        if told and run.collides(n) and n not in told
    }
    found = _of(run, Kind.GAP)
    assert {name for each in found for name in each.bits} == {name for name, _ in wanted}
    assert {n for each in found for n in numbers(each.lumisections)} == {n for _, n in wanted}


@given(run=runs())
def test_every_finding_of_a_run_has_a_key_of_its_own_and_says_something(run: Plain) -> None:
    found = findings_of(run.known())
    assert len({each.key for each in found}) == len(found)
    assert all(each.sentence.endswith(".") and each.mend and each.owner for each in found)


@given(run=runs())
def test_a_run_of_which_no_bit_is_known_has_no_finding_about_bits(run: Plain) -> None:
    """A null bit is unknown, and no finding by itself."""
    nothing = Plain(run.exists, run.before, {}, run.delivered, run.recorded, run.facts, run.run_class)
    about_bits = {Kind.BEAM, Kind.PHYSICS, Kind.ACTIVE, Kind.NOTHING, Kind.QUIET, Kind.GAP}
    assert not about_bits & {each.kind for each in findings_of(nothing.known())}


def test_a_run_that_agrees_with_itself_has_no_finding() -> None:
    bits = {name: dict.fromkeys(range(1, 11), True) for name in _BITS}
    facts = {"last_lumisection_number": 10, "recorded_lumi": 2.0, "delivered_lumi": 2.0, "energy": 6800}
    assert findings_of(plain(bits=bits, facts={**facts, "b_field": 3.8, "stable_beam": True}).known()) == ()


def test_a_finding_names_the_flags_that_are_false() -> None:
    bits = {"beam1_present": dict.fromkeys(range(1, 11), True), "beam2_stable": {3: False, 4: False}}
    (found,) = findings_of(plain(bits=bits).known())[:1]
    assert found.bits == ("beam2_stable",)
    assert found.sentence == "There is luminosity while beam2_stable is false."
    assert [tuple(span) for span in found.lumisections] == [(3, 4)]


def test_a_hole_is_expected_to_hold_what_both_neighbours_have() -> None:
    run = plain(frozenset({1, 2, 5, 6}), delivered=(0.2, 0.2, nan, nan, 0.4, 0.4), recorded=(0.2,) * 6)
    (hole,) = _of(run, Kind.HOLES)
    assert hole.expected_invpb == pytest.approx(0.6)
    at_the_start = plain(frozenset({3, 4}), delivered=(nan, nan, 0.4, 0.4))
    assert _of(at_the_start, Kind.HOLES)[0].expected_invpb == 0.0


def test_a_number_that_is_told_twice_counts_once() -> None:
    twice = plain(range(1, 7), bits={"beam1_stable": {4: False}}).known()
    twice = replace(twice, exists=(LumisectionRange(1, 3), LumisectionRange(3, 4), LumisectionRange(6, 6)))
    found = {each.kind: each for each in findings_of(twice)}
    assert [tuple(span) for span in found[Kind.HOLES].lumisections] == [(5, 5)]
    assert found[Kind.BEAM].recorded_invpb == pytest.approx(0.2)


def test_luminosity_beyond_the_last_lumisection_is_found() -> None:
    (found,) = _of(plain(range(1, 9), delivered=(0.2,) * 10, recorded=(0.2,) * 10), Kind.OUTSIDE)
    assert [tuple(span) for span in found.lumisections] == [(9, 10)]
    assert found.recorded_invpb == pytest.approx(0.4)


@pytest.mark.parametrize(("number", "is_found"), [(10, False), (9, True), (11, True), (None, False)])
def test_the_last_lumisection_is_compared_once_the_run_has_ended(number: int | None, *, is_found: bool) -> None:
    facts = {"last_lumisection_number": number, "end_time": "2024-05-01T12:00:00Z"}
    assert bool(_of(plain(facts=facts), Kind.COUNT)) is is_found
    assert not _of(plain(facts={**facts, "end_time": None}), Kind.COUNT)


def test_the_sum_of_a_run_may_differ_by_rounding_only() -> None:
    assert not _of(plain(facts={"recorded_lumi": 2.0015}), Kind.TOTAL)
    (found,) = _of(plain(facts={"recorded_lumi": 2.5, "delivered_lumi": 2.0}), Kind.TOTAL)
    assert found.recorded_invpb == pytest.approx(0.5) and found.delivered_invpb == 0.0
    assert "2.500 pb⁻¹ of the run and 2.000" in found.sentence
    assert not _of(plain(facts={"recorded_lumi": 2.5, "end_time": None}), Kind.TOTAL)


_STABLE = {name: dict.fromkeys(range(1, 11), True) for name in BEAM_BITS}


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (plain(facts={"b_field": 0.0}), "the field is 0 T"),
        (plain(facts={"energy": 450}), "a beam has 450 GeV"),
        (plain(facts={"stable_beam": False}), "never stable"),
        (plain(run_class="Cosmics24", bits=_STABLE), "The run is Cosmics24, but both beams are stable"),
        (plain(run_class="", bits=_STABLE), "The run is of no class, but"),
    ],
)
def test_conditions_refute_a_class(run: Plain, words: str) -> None:
    (found,) = _of(run, Kind.CLASS)
    assert words in found.sentence and found.recorded_invpb == pytest.approx(2.0)


@pytest.mark.parametrize(
    "run",
    [
        plain(facts={"b_field": 0.0, "energy": 450}, assumed=frozenset({"b_field", "energy"})),
        plain(facts={"b_field": None, "energy": None}),
        plain(run_class="Cosmics24", facts={"b_field": 0.0}),
        plain(run_class="Commissioning24", bits=_STABLE),
    ],
)
def test_what_nobody_measured_refutes_no_class(run: Plain) -> None:
    assert not _of(run, Kind.CLASS)


def test_ions_collide_at_less_luminosity_than_protons() -> None:
    facts = {"fill_type_runtime": "PB_PB"}
    bits = {"beam1_present": dict.fromkeys(range(1, 11), False)}
    little = (1.4e-7,) * 10
    assert _of(plain(facts=facts, bits=bits, delivered=little, recorded=little), Kind.BEAM)
    assert not _of(plain(bits=bits, delivered=little, recorded=little), Kind.BEAM)


def test_a_digest_says_whether_a_finding_is_still_the_same() -> None:
    one = _of(plain(range(1, 9), delivered=(0.2,) * 10), Kind.OUTSIDE)[0]
    same = _of(plain(range(1, 9), delivered=(0.2,) * 10), Kind.OUTSIDE)[0]
    other = _of(plain(range(1, 9), delivered=(0.2,) * 11), Kind.OUTSIDE)[0]
    assert one.digest == same.digest != other.digest
