"""Certification lists: read in any layout, refused with a sentence, added and compared by lumisection."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import Invalid, NotFound
from model.golden.lists import size, to_bytes
from model.products.algebra import OPERATIONS, compare, filtered, require_source
from model.products.reading import LONGEST, read
from model.ranges import from_numbers, numbers
from model.registry import Registry
from tests.model import world
from tests.model.world import RUN

COMPACT = '{"315257": [[1, 88], [91, 92]], "315259": [[1, 172]]}'
BY_RUN = '{"315257": [[1, 88], [91, 92]],\n "315259": [[1, 172]]}\n'
INDENTED = '{\n  "315257": [\n    [\n      1, \n      88\n    ], \n    [91,92]], "315259": [[1, 172]]}'


@pytest.mark.parametrize("text", [COMPACT, BY_RUN, INDENTED, "\ufeff" + COMPACT])
def test_every_published_layout_is_the_same_list(text: str) -> None:
    found = read(text.encode())
    assert to_bytes(found.lists) == (COMPACT + "\n").encode() and not found.notes


def test_ranges_out_of_order_are_read_and_said() -> None:
    found = read('{"318049": [[5, 13], [1, 4]]}')
    assert to_bytes(found.lists) == b'{"318049": [[1, 13]]}\n'
    assert found.notes == ("The ranges of run 318049 are not in order; they were read as if they were.",)


def test_a_run_without_lumisections_is_left_out_and_said() -> None:
    found = read('{"318049": [], "318050": [[1, 2]]}')
    assert list(found.lists) == [318050] and "Run 318049: no lumisection is listed" in found.notes[0]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "This is no JSON"),
        ("run 5 is good", "This is no JSON"),
        ('{"1": [[1, 2]', "This is no JSON"),
        ("[[1, 2]]", "no certification list"),
        ("null", "no certification list"),
        ("{}", "This list is empty"),
        ('{"run": "x"}', "“run” is no run"),
        ('{"-5": [[1, 2]]}', "“-5” is no run"),
        ('{"315257": "x"}', "Run 315257 needs a list"),
        ('{"315257": {"1": 2}}', "Run 315257 needs a list"),
        ('{"315257": [[1, NaN]]}', "NaN is no number of JSON"),
        ('{"315257": [[1, 2.0]]}', "where a range [first, last] from 1 is wanted"),
        ('{"315257": [[true, 2]]}', "where a range [first, last] from 1 is wanted"),
        ('{"315257": [[9, 2]]}', "Run 315257 has [9, 2] where"),
        ('{"315257": [[0, 2]]}', "Run 315257 has [0, 2] where"),
        ('{"315257": [[1, 2, 3]]}', "Run 315257 has [1, 2, 3] where"),
        ('{"315257": [[1, 99999999999999999999]]}', "where a range [first, last] from 1 is wanted"),
        ('{"315257": [[1, 2]], "315257": [[5, 6]]}', "Run 315257 is listed twice"),
        ('{"315257": [[1, 2]], "0315257": [[5, 6]]}', "Run 0315257 is listed twice"),
        ('{"315257": [[1, 9], [5, 12]]}', "Run 315257 lists lumisection 5–9 twice"),
        ('{"315257": [[1, 9], [1, 9]]}', "join or cut them"),
        ("[" * 100_000, "nested too deep"),
        ('{"315257": [[1, ' + "9" * 5_000 + "]]}", "too long"),
        (" " * (LONGEST + 1), "at most 4,000,000 characters"),
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(text)
    assert sentence in str(refused.value)


def test_a_picture_is_no_list() -> None:
    with pytest.raises(Invalid, match="not text in UTF-8"):
        read(b"\x89PNG\r\n\xff\xfe")


_LISTS = st.dictionaries(
    st.integers(1, 5), st.sets(st.integers(1, 30), min_size=1).map(from_numbers), max_size=4
)


@pytest.mark.parametrize("name", ["and", "or", "minus"])
@given(a=_LISTS, b=_LISTS)
def test_the_algebra_is_that_of_sets_of_lumisections(name: str, a: dict, b: dict) -> None:  # type: ignore[type-arg]  # hypothesis fills them
    as_set = {"and": set.intersection, "or": set.union, "minus": set.difference}[name]
    found = OPERATIONS[name](a, b)
    walked = as_set(*({(run, n) for run in x for n in numbers(x[run])} for x in (a, b)))
    assert {(run, n) for run in found for n in numbers(found[run])} == walked
    assert list(found) == sorted(found) and all(found.values())


@given(a=_LISTS, b=_LISTS)
def test_what_was_written_reads_back(a: dict, b: dict) -> None:  # type: ignore[type-arg]  # hypothesis fills them
    joined = OPERATIONS["or"](a, b)
    if joined:
        assert read(to_bytes(joined)).lists == joined


def test_a_list_is_cut_to_a_range_of_runs() -> None:
    lists = read('{"5": [[1, 2]], "7": [[1, 2]], "9": [[1, 2]]}').lists
    assert list(filtered(lists, 6, 9)) == [7, 9] and list(filtered(lists)) == [5, 7, 9]
    with pytest.raises(Invalid, match="wrong order"):
        filtered(lists, 9, 6)


def test_a_comparison_says_runs_lumisections_and_luminosity_of_one_source(registry: Registry) -> None:
    world.report_run(registry)
    world.report_luminosity(registry, [0.2] * 8 + [math.nan, 0.2], source="legacy")
    a = read(f'{{"{RUN}": [[1, 4]], "380002": [[1, 5]], "380003": [[1, 1]]}}').lists
    b = read(f'{{"{RUN}": [[3, 9]], "380003": [[1, 1]], "380004": [[2, 3]]}}').lists
    with registry.reading() as connection:
        found = compare(connection, a, b, "legacy", world.sequence_of(connection))
    assert (found.ls_added, found.ls_removed) == (7, 7) == (size(OPERATIONS["minus"](b, a)), 7)
    assert (found.added, found.removed, found.changed) == ((380004,), (380002,), (RUN,))
    change = found.change
    assert (change.gained_invpb, change.lost_invpb) == (pytest.approx(0.8), pytest.approx(0.4))
    # lumisection 9 of the run, and two runs that this source never measured
    assert change.unknown == 1 + 5 + 2 and change.recorded_invpb == pytest.approx(0.4)
    assert [(b.run_number, b.first, b.last, b.is_added) for b in found.blocks] == [
        (RUN, 1, 2, False),
        (RUN, 5, 9, True),
        (380002, 1, 5, False),
        (380004, 2, 3, True),
    ]
    assert found.blocks[3].recorded_invpb is None


def test_two_calibrations_in_one_question_are_refused(registry: Registry) -> None:
    world.report_run(registry)
    world.report_luminosity(registry, [0.2], source="legacy")
    with registry.reading() as connection:
        with pytest.raises(Invalid, match="never added up"):
            require_source(connection, "OMS + legacy")
        with pytest.raises(NotFound, match="there is of OMS, legacy"):
            require_source(connection, "normtag")


#: what was changed from each published list of all of 2018 to the next; the other runs are equal
PROMPT = '{"316470": [[1, 322]], "316472": [[76, 333]], "322430": [[46, 501]]}'
EARLY = '{"316470": [[1, 476]], "316472": [[1, 70], [76, 333]], "318733": [[1, 33]], "322430": [[46, 501]]}'
LEGACY = '{"315705": [[1, 700]]}'
LEGACY_AGAIN = '{"315705": [[1, 160], [162, 162], [164, 700]]}'


@pytest.mark.parametrize(
    ("a", "b", "counted"), [(PROMPT, EARLY, (257, 0, 1, 0, 2)), (LEGACY, LEGACY_AGAIN, (0, 2, 0, 0, 1))]
)
def test_the_lists_of_2018_differ_as_it_was_counted(
    registry: Registry, a: str, b: str, counted: tuple[int, ...]
) -> None:
    with registry.reading() as connection:
        found = compare(connection, read(a).lists, read(b).lists, "OMS", 0)
    runs = (len(found.added), len(found.removed), len(found.changed))
    assert (found.ls_added, found.ls_removed, *runs) == counted
