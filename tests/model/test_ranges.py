"""Range algebra against sets of integers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model import ranges
from model.ranges import LumisectionRange, Ranges, canonical

NUMBERS = st.integers(1, 40)
SPANS = st.lists(
    st.tuples(NUMBERS, st.integers(0, 8)).map(lambda p: LumisectionRange(p[0], p[0] + p[1])), max_size=8
)


def _set(spans: Ranges | list[LumisectionRange]) -> set[int]:
    return {n for first, last in spans for n in range(first, last + 1)}


def _is_canonical(spans: Ranges) -> bool:
    sound = all(first <= last for first, last in spans)
    return sound and all(a.last + 1 < b.first for a, b in zip(spans, spans[1:], strict=False))


@st.composite
def valued(draw: st.DrawFn) -> list[tuple[LumisectionRange, str]]:
    """Give sorted, disjoint ranges with values, neighbours not yet joined."""
    by_number = draw(st.dictionaries(NUMBERS, st.sampled_from("GBS"), max_size=20))
    return [(LumisectionRange(n, n), by_number[n]) for n in sorted(by_number)]


def _map(items: list[tuple[LumisectionRange, str]]) -> dict[int, str]:
    return {n: value for span, value in items for n in range(span.first, span.last + 1)}


@given(SPANS)
def test_canonical_ranges_hold_the_same_lumisections_sorted_disjoint_and_maximal(
    spans: list[LumisectionRange],
) -> None:
    found = canonical(spans)
    assert _set(found) == _set(spans)
    assert _is_canonical(found)
    assert canonical(found) == found == ranges.from_numbers(_set(spans))
    assert ranges.count(found) == len(_set(spans))
    assert list(ranges.numbers(found)) == sorted(_set(spans))


@given(SPANS, SPANS)
def test_union_intersection_and_difference_are_those_of_sets(
    a: list[LumisectionRange], b: list[LumisectionRange]
) -> None:
    one, other = canonical(a), canonical(b)
    for found, expected in (
        (ranges.union(one, other), _set(a) | _set(b)),
        (ranges.intersect(one, other), _set(a) & _set(b)),
        (ranges.subtract(one, other), _set(a) - _set(b)),
    ):
        assert _set(found) == expected
        assert _is_canonical(found)


@given(SPANS, NUMBERS)
def test_a_split_gives_what_lies_before_and_what_lies_from_there_on(
    spans: list[LumisectionRange], at: int
) -> None:
    before, after = ranges.split(canonical(spans), at)
    assert _set(before) == {n for n in _set(spans) if n < at}
    assert _set(after) == {n for n in _set(spans) if n >= at}
    assert ranges.union(before, after) == canonical(spans)


@given(valued())
def test_merging_joins_equal_neighbours_and_changes_no_lumisection(
    items: list[tuple[LumisectionRange, str]],
) -> None:
    found = ranges.merge(items)
    assert _map(found) == _map(items)
    assert not [1 for (a, x), (b, y) in zip(found, found[1:], strict=False) if a.last + 1 == b.first and x == y]


@given(valued(), SPANS, st.sampled_from(["G", "B", "S", None]))
def test_an_overlay_sets_exactly_its_lumisections(
    base: list[tuple[LumisectionRange, str]], spans: list[LumisectionRange], value: str | None
) -> None:
    found = ranges.overlay(base, canonical(spans), value)
    expected = {n: v for n, v in _map(base).items() if n not in _set(spans)}
    expected |= dict.fromkeys(_set(spans), value) if value else {}
    assert _map(found) == expected
    assert found == ranges.merge(found)
    assert [span for span, _ in found] == sorted(span for span, _ in found)


@given(valued(), st.lists(st.tuples(SPANS, st.sampled_from("GBS"))))
def test_of_many_things_said_at_once_the_last_word_counts(
    base: list[tuple[LumisectionRange, str]], said: list[tuple[list[LumisectionRange], str]]
) -> None:
    told = [(canonical(spans), value) for spans, value in said]
    one_by_one = ranges.merge(base)
    for spans, value in told:
        one_by_one = ranges.overlay(one_by_one, spans, value)
    assert ranges.overlay_each(base, told) == one_by_one


@given(valued(), SPANS)
def test_dividing_keeps_every_lumisection_on_its_side(
    base: list[tuple[LumisectionRange, str]], spans: list[LumisectionRange]
) -> None:
    inside, outside = ranges.divide(base, canonical(spans))
    assert _map(inside) == {n: v for n, v in _map(base).items() if n in _set(spans)}
    assert _map(outside) == {n: v for n, v in _map(base).items() if n not in _set(spans)}


@pytest.mark.parametrize("bad", [(5, 4), (0, 3), (-2, -1), (0, 0)])
def test_a_reversed_range_or_one_before_lumisection_1_is_refused(bad: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="is not a lumisection range"):
        canonical([(1, 2), bad])


def test_ranges_read_as_a_person_writes_them() -> None:
    assert ranges.text(canonical([(60, 60), (1, 37)])) == "1–37, 60"
