"""Filters of the published client select what they say of the very objects that it reads, on both stores."""

import json
import re
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.authors import IMPORTER
from model.cache import Cache
from model.classic.page import asked, page
from model.commands.datasets import hide_dataset, move_dataset
from model.commands.runs import import_run_attributes
from model.commands.upstream import report_run
from model.db import Database
from model.errors import Invalid
from model.golden.golden import GoldenRoom
from model.journal import sequence_now
from model.registry import Registry
from tests.model import world
from tests.model.world import DC, EXPRESS, PROMPT, RULE, TRACKER

FIRST = 380_001
FACTS: tuple[dict[str, Any], ...] = (
    {"energy": 6800, "b_field": 3.8, "hlt_key": "/cdaq/physics/Run2024/V1", "components": ["DT", "TRACKER"]},
    {"energy": 6800.0, "b_field": 0.019, "hlt_key": "/cdaq/special/50%_A/V2", "dt_included": True},
    {"energy": 450, "b_field": None, "stable_beam": True, "l1_rate": 596.5, "gem_included": False},
    {"energy": "unknown", "stable_beam": False, "hlt_key": "/cdaq/Physics/x_y", "l1_rate": 1e-07},
    {},
)
OWN: tuple[dict[str, Any], ...] = (
    {"class": "Collisions24", "significant": True},
    {"class": "Collisions24", "significant": True, "short_run": True},
    {"class": "Cosmics24", "significant": False},
    {"class": "collisions24"},
    {},
)


@pytest.fixture
def registry(database: Database) -> Iterator[Registry]:
    """Tell of five runs that differ in what is known of them, some with offline datasets."""
    found = Registry(database, GoldenRoom(Cache()))
    for number, (facts, own) in enumerate(zip(FACTS, OWN, strict=True), FIRST):
        if number == FIRST + 4:
            with found.writing() as tx:
                report_run(tx, number, {"fill_number": 9601}, IMPORTER)
            continue
        world.report_run(found, number, [(1, 3), (5, 10 + number - FIRST)], **facts)
        with found.writing() as tx:
            import_run_attributes(tx, number, own, RULE, importer=IMPORTER)
    for number in (FIRST, FIRST + 1, FIRST + 2):
        world.create_dataset(found, PROMPT, number, states={"global": "OPEN", "dt": "COMPLETED"})
        world.create_dataset(found, EXPRESS, number, states={"global": "waiting dqm gui"})
        world.rule_says(found, ["dt-dt", "tracker-pixel"], [(1, 3), (5, 9)], "GOOD", run_number=number)
    world.give(found, TRACKER, "tracker-pixel", [(2, 6)], "BAD", run_number=FIRST)
    world.give(found, TRACKER, "tracker-pixel", [(2, 2)], "STANDBY", run_number=FIRST + 1)
    world.rule_says(found, "dt-dt", [(1, 1)], "BAD", dataset="online", run_number=FIRST + 1)
    with found.writing() as tx:
        hide_dataset(tx, FIRST + 2, EXPRESS, DC, comment="a test")
    with found.writing() as tx:
        states = ("OPEN", "not significant for workspace")
        move_dataset(tx, FIRST, PROMPT, "gem", states, DC, comment="a test")
    yield found


def _page(registry: Registry, of_runs: bool, **body: Any) -> dict[str, Any]:
    with registry.reading() as connection:
        at = sequence_now(connection)
        found = page(connection, registry.client, asked(body), at, of_runs=of_runs)
    told: dict[str, Any] = orjson.loads(found)
    return told


def _objects(registry: Registry, of_runs: bool, **body: Any) -> list[dict[str, Any]]:
    return _page(registry, of_runs, page_size=100, **body)["runs" if of_runs else "datasets"]


def _names(found: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return [(each["run_number"], each.get("name", "")) for each in found]


def _value(found: dict[str, Any], key: str) -> Any:
    """Return what an object has under a key, None where it has nothing."""
    head, _, rest = key.partition(".")
    run = found.get("Run", found)
    if head == "triplet_summary":
        column, status = rest.split(".")
        return found["DatasetTripletCache"]["triplet_summary"].get(column, {}).get(status)
    if head in ("oms_attributes", "rr_attributes"):
        return run[head].get(rest)
    return found["dataset_attributes"].get(rest) if head == "dataset_attributes" else found[head]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _like(value: Any, pattern: str) -> bool:
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    of = {"%": ".*", "_": "."}
    expression = "".join(of.get(part) or re.escape(part[-1]) for part in parts)
    return re.fullmatch(expression, _text(value), re.IGNORECASE | re.DOTALL) is not None


def _compared(value: Any, how: str, wanted: Any) -> bool:
    if isinstance(wanted, list):
        return (any if how == "=" else all)(_compared(value, how, each) for each in wanted)
    if wanted is None:
        return (value is None) == (how == "=")
    if value is None:
        return False
    if how in ("like", "notlike"):
        return _like(value, wanted) == (how == "like")
    if isinstance(wanted, str):
        value = _text(value)
    elif isinstance(wanted, bool) != isinstance(value, bool) or not isinstance(value, int | float):
        return False
    orders = {"<": value < wanted, "<=": value <= wanted, ">": value > wanted, ">=": value >= wanted}
    return {"=": value == wanted, "<>": value != wanted, **orders}[how]


def _condition(value: Any, wanted: Any) -> bool:
    if not isinstance(wanted, dict):
        return _compared(value, "=", wanted)
    for how, said in wanted.items():
        if (joint := how.lower()) in ("and", "or"):
            if not (all if joint == "and" else any)(_condition(value, each) for each in said):
                return False
        elif not _compared(value, how.lower(), said):
            return False
    return True


def holds(found: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Tell what a filter means, of the object that a client reads."""
    for key, said in wanted.items():
        if (joint := key.lower()) in ("and", "or"):
            if not (all if joint == "and" else any)(holds(found, each) for each in said):
                return False
        elif not _condition(_value(found, key), said):
            return False
    return True


_TEXTS = st.sampled_from(
    [
        "Collisions24",
        "collisions24",
        "OPEN",
        "COMPLETED",
        "6800",
        "unknown",
        "true",
        "3.8",
        "/cdaq/",
        "1e-07",
        "",
    ]
)
_PATTERNS = st.sampled_from(
    ["%24", "collisions__", "%PHYSICS%", "%50\\%\\_%", "%\\_%", "38%", "%0%", "tru_", "", "%", "/%/DQM", "%DT%"]
)
_NUMBERS = st.sampled_from([0, 3, 5, 8, 450, 6800, 6800.0, 3.8, 0.019, 596.5, 1e-07, FIRST, FIRST + 1, -1.5])
_ORDERS = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
_RUN_KEYS = [
    *(f"oms_attributes.{name}" for name in ("energy", "b_field", "hlt_key", "stable_beam", "components")),
    *(
        f"oms_attributes.{name}"
        for name in ("dt_included", "gem_included", "ls_duration", "l1_rate", "nothing")
    ),
    "oms_attributes.run_number",
    *(f"rr_attributes.{name}" for name in ("class", "state", "significant", "short_run", "stop_reason")),
    *(f"triplet_summary.dt-dt.{status}" for status in ("GOOD", "BAD", "EMPTY")),
    *(f"triplet_summary.tracker-pixel.{status}" for status in ("GOOD", "BAD", "STANDBY", "EMPTY")),
    "triplet_summary.tracker-track.EMPTY",
    "triplet_summary.no-column.EMPTY",
]
_DATASET_KEYS = [*_RUN_KEYS, *(f"dataset_attributes.{w}_state" for w in ("global", "dt", "gem", "no"))]


def _scalars(key: str) -> st.SearchStrategy[Any]:
    if key == "run_number":
        return st.sampled_from([FIRST, FIRST + 1, FIRST + 3, 2.5, 0])
    if key == "name":
        return st.sampled_from(["online", PROMPT, EXPRESS, "ONLINE"])
    return st.one_of(_NUMBERS, _TEXTS, st.booleans())


def _leaves(key: str) -> st.SearchStrategy[Any]:
    scalars = _scalars(key)
    equal = st.dictionaries(st.sampled_from(["=", "<>"]), st.one_of(scalars, st.none()), min_size=1, max_size=2)
    listed = st.lists(scalars, max_size=3)
    among = st.dictionaries(st.sampled_from(["=", "<>"]), listed, min_size=1, max_size=1)
    ordered = st.dictionaries(_ORDERS, scalars, min_size=1, max_size=2)
    alike = st.dictionaries(
        st.sampled_from(["like", "notlike", "LIKE", "NOTLIKE"]), _PATTERNS, min_size=1, max_size=1
    )
    return st.one_of(scalars, listed, st.none(), equal, among, ordered, alike)


def _conditions(key: str) -> st.SearchStrategy[Any]:
    def joined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.dictionaries(
            st.sampled_from(["and", "or", "AND", "OR"]), st.lists(inner, max_size=3), min_size=1, max_size=2
        )

    return st.recursive(_leaves(key), joined, max_leaves=4)


def _filters(keys: list[str]) -> st.SearchStrategy[Any]:
    members = st.sampled_from(keys).flatmap(lambda key: st.tuples(st.just(key), _conditions(key)))
    plain = st.lists(members, max_size=2).map(dict)

    def joined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.dictionaries(
            st.sampled_from(["and", "or", "AND", "OR"]), st.lists(inner, max_size=3), min_size=1, max_size=2
        )

    return st.recursive(plain, joined, max_leaves=6)


def _agree(registry: Registry, keys: list[str], *, of_runs: bool) -> None:
    every = _objects(registry, of_runs)

    @settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(_filters(keys))
    def agree(wanted: dict[str, Any]) -> None:
        expected = [each for each in every if holds(each, wanted)]
        assert _names(_objects(registry, of_runs, filter=wanted)) == _names(expected)

    agree()


def test_runs_are_those_of_whose_objects_a_filter_is_true(registry: Registry) -> None:
    _agree(registry, ["run_number", *_RUN_KEYS], of_runs=True)


def test_datasets_are_those_of_whose_objects_a_filter_is_true(registry: Registry) -> None:
    _agree(registry, ["run_number", "name", *_DATASET_KEYS], of_runs=False)


def test_what_is_nested_deeper_than_sql_takes_is_answered_too(registry: Registry) -> None:
    every = _objects(registry, False)
    for depth in (11, 12, 13, 30, 95):
        wanted: dict[str, Any] = {"run_number": FIRST}
        for level in range(depth):
            number = FIRST + level % 5
            other = {"run_number": {"<>": number}} if level % 2 else {"oms_attributes.ls_duration": level}
            wanted = {"and" if level % 2 else "or": [other, wanted]}
        found = _page(registry, False, filter=wanted, page_size=2, page=1)
        expected = [each for each in every if holds(each, wanted)]
        assert found["count"] == len(expected)
        assert _names(found["datasets"]) == _names(expected)[2:4]


def test_hidden_datasets_are_not_listed(registry: Registry) -> None:
    assert (FIRST + 2, EXPRESS) not in _names(_objects(registry, False))
    assert (FIRST + 1, EXPRESS) in _names(_objects(registry, False))


@pytest.mark.parametrize(
    ("wanted", "runs"),
    [
        ({"run_number": {"or": [{"=": FIRST}, {"=": str(FIRST + 1)}, {">": FIRST + 3}]}}, [4, 1, 0]),
        ({"run_number": str(FIRST)}, [0]),
        ({"run_number": {"like": "%00_"}}, [4, 3, 2, 1, 0]),
        ({"oms_attributes.energy": {"and": [{">": 6000}, {"<": 7000}]}}, [1, 0]),
        ({"oms_attributes.energy": {">": 6000, "<": 7000}}, [1, 0]),
        ({"oms_attributes.energy": {">": "5"}}, [3, 1, 0]),
        ({"rr_attributes.significant": {"or": [{"=": True}]}}, [1, 0]),
        ({"oms_attributes.gem_included": {"=": False}}, []),
        ({"oms_attributes.dt_included": True}, [1, 0]),
        ({"oms_attributes.components": {"like": '%"DT", "TRACKER"%'}}, [0]),
        ({"or": [{"triplet_summary.dt-dt.BAD": {">": 0}}, {"run_number": FIRST + 3}]}, [3, 1]),
        ({"or": []}, []),
        ({"and": []}, [4, 3, 2, 1, 0]),
        ({"workspace": "global"}, [4, 3, 2, 1, 0]),
    ],
)
def test_filters_that_the_system_in_use_answers_wrongly_are_answered(
    registry: Registry, wanted: dict[str, Any], runs: list[int]
) -> None:
    found = _objects(registry, True, filter=wanted)
    assert [each["run_number"] - FIRST for each in found] == runs


def test_filters_of_public_programs_are_answered(registry: Registry) -> None:
    certifier = {
        "run_number": {"or": [{"=": number} for number in range(FIRST - 800, FIRST + 2)]},
        "name": {"and": [{"notlike": "%online%"}, {"notlike": "%commissioning%"}]},
    }
    assert _names(_objects(registry, False, filter=certifier)) == [
        (FIRST + 1, EXPRESS),
        (FIRST + 1, PROMPT),
        (FIRST, EXPRESS),
        (FIRST, PROMPT),
    ]
    dials = {
        "and": [
            {"rr_attributes.class": {"=": "Collisions24"}},
            {"name": {"=": PROMPT}},
            {"dataset_attributes.global_state": {"=": "OPEN"}},
        ],
        "name": {"and": [{"<>": "online"}]},
    }
    assert _names(_objects(registry, False, filter=dials)) == [(FIRST + 1, PROMPT), (FIRST, PROMPT)]
    waiting = {"name": {"<>": "online"}, "dataset_attributes.dt_state": "waiting dqm gui"}
    assert _names(_objects(registry, False, filter=waiting)) == [(FIRST + 1, EXPRESS), (FIRST, EXPRESS)]


def test_samples_are_contained_or_not(registry: Registry) -> None:
    def found(said: Any) -> list[tuple[int, str]]:
        return _names(_objects(registry, False, filter={"datasets_in_gui": said, "run_number": FIRST}))

    assert found({"contains": PROMPT}) == found(PROMPT) == [(FIRST, PROMPT)]
    assert found({"<>": PROMPT}) == [(FIRST, EXPRESS), (FIRST, "online")]
    assert found({"contains": PROMPT[:-1]}) == []
    with pytest.raises(Invalid, match="holds names of samples"):
        found({"like": "%"})


@pytest.mark.parametrize(
    ("sortings", "runs"),
    [
        ([["run_number", "asc"]], [0, 1, 2, 3, 4]),
        ([["oms_attributes.b_field", "ASC"]], [1, 0, 4, 3, 2]),
        ([["oms_attributes.energy", "DESC"]], [1, 0, 2, 3, 4]),
        ([["oms_attributes.ls_duration", "DESC"]], [3, 2, 1, 0, 4]),
        ([["rr_attributes.class", "ASC"], ["run_number", "ASC"]], [4, 0, 1, 2, 3]),
        ([["dt-dt", "ASC"]], [4, 0, 1, 2, 3]),
        ([["triplet_summary.dt-dt.BAD", "DESC"]], [1, 4, 3, 2, 0]),
    ],
)
def test_rows_are_ordered_by_what_stands_under_a_key(
    registry: Registry, sortings: list[list[str]], runs: list[int]
) -> None:
    found = _objects(registry, True, sortings=sortings)
    assert [each["run_number"] - FIRST for each in found] == runs


def test_pages_of_an_order_hold_every_row_once(registry: Registry) -> None:
    order = [["oms_attributes.energy", "ASC"]]
    pages = [_page(registry, False, sortings=order, page_size=3, page=n) for n in range(6)]
    assert {each["count"] for each in pages} == {len(_objects(registry, False))}
    assert {each["pages"] for each in pages} == {4}
    rows = [row for each in pages for row in _names(each["datasets"])]
    assert rows == _names(_objects(registry, False, sortings=order))
    assert pages[5]["datasets"] == []
