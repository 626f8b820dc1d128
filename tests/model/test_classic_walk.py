"""Random filters of the published client select the very objects of which they are true, on both stores."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.registry import Registry
from tests.model.classic_filter import holds
from tests.model.classic_world import FIRST, names, objects, page_of, registry
from tests.model.world import EXPRESS, PROMPT

__all__ = ["registry"]

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
    every = objects(registry, of_runs)

    @settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
    @given(_filters(keys))
    def agree(wanted: dict[str, Any]) -> None:
        expected = [each for each in every if holds(each, wanted)]
        assert names(objects(registry, of_runs, filter=wanted)) == names(expected)

    agree()


def test_runs_are_those_of_whose_objects_a_filter_is_true(registry: Registry) -> None:
    _agree(registry, ["run_number", *_RUN_KEYS], of_runs=True)


def test_datasets_are_those_of_whose_objects_a_filter_is_true(registry: Registry) -> None:
    _agree(registry, ["run_number", "name", *_DATASET_KEYS], of_runs=False)


def test_what_is_nested_deeper_than_sql_takes_is_answered_too(registry: Registry) -> None:
    every = objects(registry, False)
    for depth in (11, 12, 13, 30, 95):
        wanted: dict[str, Any] = {"run_number": FIRST}
        for level in range(depth):
            number = FIRST + level % 5
            other = {"run_number": {"<>": number}} if level % 2 else {"oms_attributes.ls_duration": level}
            wanted = {"and" if level % 2 else "or": [other, wanted]}
        found = page_of(registry, False, filter=wanted, page_size=2, page=1)
        expected = [each for each in every if holds(each, wanted)]
        assert found["count"] == len(expected)
        assert names(found["datasets"]) == names(expected)[2:4]
