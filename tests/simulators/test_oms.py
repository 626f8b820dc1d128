"""The stand-in for OMS answers in the recorded shapes, refuses what OMS refuses, and fails when told to."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from simulators.oms.server import Oms
from simulators.oms.store import INVPB, INVUB
from tests.simulators import oms_world
from tests.simulators.oms_world import GOOD, RAMPED, control, cut, serving

PER_LS = "recorded_lumi_per_lumisection"


@pytest.fixture
def oms() -> Iterator[Oms]:
    with serving(oms_world.two_runs()) as server:
        control(server, steps=93)
        yield server


def get(oms: Oms, path: str, status: int = 200, **headers: str) -> dict[str, Any]:
    answer = requests.get(f"{oms.base}/{path}", timeout=10, allow_redirects=False, headers=headers)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json() if answer.content else {}
    return found


def test_a_page_has_the_recorded_envelope(oms: Oms) -> None:
    page = get(oms, f"lumisections?filter[run_number][EQ]={RAMPED}&page[offset]=40&page[limit]=20")
    assert sorted(page) == ["data", "links", "meta"]
    assert (page["meta"]["totalResourceCount"], len(page["data"])) == (60, 20)
    assert page["data"][0]["id"] == f"{RAMPED}_41"
    assert page["links"]["next"] is None
    canonical = f"{oms.base}/lumisections?page[limit]=20&filter[lumisections][run_number][EQ]={RAMPED}"
    assert page["links"]["first"] == canonical
    assert page["links"]["prev"] == f"{canonical}&page[offset]=20"
    assert page["links"]["last"] == f"{canonical}&page[offset]=40"


def test_following_next_gives_every_row_once(oms: Oms) -> None:
    address, seen = f"lumisections?filter[run_number]={RAMPED}&page[limit]=7&fields=lumisection_number", []
    while address:
        page = get(oms, address)
        seen += [row["attributes"]["lumisection_number"] for row in page["data"]]
        address = (page["links"]["next"] or "").removeprefix(f"{oms.base}/")
    assert seen == list(range(1, 61))


def test_fields_leave_only_themselves_and_units_come_with_meta(oms: Oms) -> None:
    address = f"lumisections?filter[run_number]={GOOD}&fields={PER_LS}&page[limit]=1"
    (row,) = get(oms, address)["data"]
    assert sorted(row) == ["attributes", "id", "links", "type"] and list(row["attributes"]) == [PER_LS]
    (row,) = get(oms, f"{address}&include=meta")["data"]
    assert row["meta"]["row"] == {PER_LS: {"units": INVPB}}


def test_units_differ_between_rows() -> None:
    with serving([cut(RAMPED, 5), cut(GOOD, 5, starts_s=1000)]) as oms:
        control(oms, steps=20)
        units = [
            row["meta"]["row"]["recorded_lumi"]["units"] for row in get(oms, "runs?sort=run_number")["data"]
        ]
    assert units == [INVUB, INVPB]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("filter[lumisection_number][GE]=3&filter[lumisection_number][lt]=5", [3, 4]),
        ("filter[lumisections][lumisection_number][LE]=2&sort=-lumisection_number", [2, 1]),
        ("filter[lumisection_number][NEQ]=1&page[limit]=1", [2]),
        ("filter[bpix_ready][EQ]=false&filter[lumisection_number][GT]=38", [39, 40]),
        ("filter[dt0_ready][EQ]=false", []),
    ],
)
def test_filters_hold_together_and_null_passes_none(oms: Oms, query: str, numbers: list[int]) -> None:
    page = get(oms, f"lumisections?filter[run_number]={RAMPED}&{query}")
    assert [row["attributes"]["lumisection_number"] for row in page["data"]] == numbers


@pytest.mark.parametrize(
    "query",
    ["filter[nothing]=1", "filter[run_number][IN]=1", "filter[run_number]=x", "page[limit]=x", "limit=3",
     "fields=nothing", "sort=-nothing", "include=everything"],
)  # fmt: skip
def test_what_oms_would_not_answer_is_refused(oms: Oms, query: str) -> None:
    assert get(oms, f"lumisections?{query}", 400)["errors"][0]["title"]


def test_single_objects_relations_and_metadata_answer(oms: Oms) -> None:
    assert get(oms, f"runs/{RAMPED}")["data"]["attributes"]["run_number"] == RAMPED
    assert get(oms, f"runs/{RAMPED}/lumisections")["meta"]["totalResourceCount"] == 60
    assert "bpix_ready" in get(oms, "lumisections/meta")["meta"]["fields"]
    get(oms, "runs/1", 404)
    get(oms, "downtimes", 404)


def test_a_page_holds_no_more_rows_than_the_server_allows() -> None:
    with serving([cut(RAMPED, 60)], page_cap=25) as oms:
        control(oms, steps=61)
        page = get(oms, f"lumisections?filter[run_number]={RAMPED}&page[limit]=5000")
    assert (len(page["data"]), page["meta"]["totalResourceCount"]) == (25, 60)
    assert "page[offset]=25" in page["links"]["next"]


def test_a_run_grows_lumisection_by_lumisection_and_ends() -> None:
    with serving([cut(RAMPED, 3)]) as oms:
        seen = []
        for _ in range(4):
            control(oms, steps=1)
            told = get(oms, f"runs/{RAMPED}")["data"]["attributes"]
            seen.append((told["last_lumisection_number"], told["end_time"] is not None))
    assert seen == [(1, False), (2, False), (3, False), (3, True)]


def test_the_replay_runs_at_its_speed() -> None:
    with serving([cut(RAMPED, 60)]) as oms:
        control(oms, speed=1000)
        deadline = time.monotonic() + 20
        while not control(oms)["runs"].get(str(RAMPED)) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert 0 < control(oms, speed=0)["runs"][str(RAMPED)] < 60
        before = control(oms)["now_s"]
        assert control(oms)["now_s"] == before


def test_luminosities_change_late_as_they_really_did(oms: Oms) -> None:
    address = f"lumisections?filter[run_number]={GOOD}&fields={PER_LS}&page[limit]=100"
    first = [row["attributes"][PER_LS] for row in get(oms, address)["data"]]
    before = get(oms, f"runs/{GOOD}")["data"]["attributes"]["last_update"]
    control(oms, steps=2)
    later = [row["attributes"][PER_LS] for row in get(oms, address)["data"]]
    real = [one.attributes[PER_LS] for one in cut(GOOD, 30).lumisections]
    assert later == real and later != first
    assert get(oms, f"runs/{GOOD}")["data"]["attributes"]["last_update"] > before


@pytest.mark.parametrize(
    ("wish", "numbers"),
    [
        ({"kind": "drop", "lumisections": [2, 60]}, [1, *range(3, 60)]),
        ({"kind": "add", "lumisections": [70]}, [*range(1, 61), 70]),
        ({"kind": "renumber", "by": 100}, [*range(101, 161)]),
        ({"kind": "value", "lumisections": [2], "attribute": "bpix_ready", "value": True}, [*range(1, 61)]),
    ],
)
def test_what_is_injected_is_labelled_synthetic(oms: Oms, wish: dict[str, Any], numbers: list[int]) -> None:
    label = control(oms, inject={"run": RAMPED, **wish})["synthetic"]
    page = get(oms, f"lumisections?filter[run_number]={RAMPED}&page[limit]=1000")
    assert [row["attributes"]["lumisection_number"] for row in page["data"]] == numbers
    assert {tuple(row["meta"]["synthetic"]) for row in page["data"]} == {(label,)}
    assert get(oms, f"runs/{RAMPED}")["data"]["meta"]["synthetic"] == [label]
    assert "synthetic" not in get(oms, f"runs/{GOOD}")["data"]["meta"]


def test_an_order_that_makes_no_sense_is_refused(oms: Oms) -> None:
    for wish in (
        {"inject": {"kind": "explode", "run": RAMPED}},
        {"fault": {"kind": "explode"}},
        {"speed": "x"},
    ):
        answer = requests.post(f"http://127.0.0.1:{oms.server_port}/control", json=wish, timeout=10)
        assert answer.status_code == 400, wish


def test_it_fails_as_often_as_it_was_told_to(oms: Oms) -> None:
    control(oms, fault={"kind": "429", "seconds": 2, "count": 2})
    for _ in range(2):
        answer = requests.get(f"{oms.base}/runs", timeout=10)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")
    control(oms, fault={"kind": "reset", "path": "lumisections"})
    get(oms, "runs")
    with pytest.raises(requests.ConnectionError):
        get(oms, "lumisections")
    control(oms, fault={"kind": "html"})
    assert requests.get(f"{oms.base}/runs", timeout=10).text.startswith("<html>")
    get(oms, "runs")


def test_without_a_token_the_login_page_is_shown_and_with_a_bad_one_401() -> None:
    with serving([cut(RAMPED, 3)], token_life_s=60) as oms:
        get(oms, "runs", 302)
        get(oms, "runs", 401, Authorization="Bearer nonsense")
        address = f"http://127.0.0.1:{oms.server_port}/auth/realms/cern/api-access/token"
        form = {"grant_type": "client_credentials", "client_id": "rr", "audience": "cmsoms-prod"}
        assert requests.post(address, {**form, "client_secret": "wrong"}, timeout=10).status_code == 401
        token = requests.post(address, {**form, "client_secret": "secret"}, timeout=10).json()["access_token"]
        get(oms, "runs", Authorization=f"Bearer {token}")
