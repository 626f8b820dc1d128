"""Reports over HTTP and at the command line: ordered, listed, read in four forms, made again."""

import hashlib
import io
import multiprocessing
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from api import report_work
from model.cache import Cache
from model.registry import Registry
from model.report.report import read
from model.report.shown import cells
from tests.model import world
from tests.model.report_world import keep

COORDINATOR = {"X-Run-Registry-User": "d.coordinator"}
SHIFTER = {"X-Run-Registry-User": "a.shifter"}
READER = {"X-Run-Registry-User": "r.reader"}
ADDRESS = "/api/v1/reports"
ERA = {"kind": "era", "scope": "2024C"}


class _Here:
    """A process that is none: what it is to do is done at once."""

    def Process(self, target: Callable[..., None], args: tuple[Any, ...], daemon: bool) -> "_Here":  # noqa: N802 as multiprocessing has it
        assert daemon
        self._do = lambda: target(*args)
        return self

    def start(self) -> None:
        self._do()


class _Files:
    """A cache that other processes see."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> bytes | None:
        path = self._folder / key
        return path.read_bytes() if path.exists() else None

    def set(self, key: str, value: bytes) -> None:
        half = self._folder / f"{key}.half"
        half.write_bytes(value)
        half.rename(self._folder / key)


@pytest.fixture(autouse=True)
def _told(registry: Registry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    registry.golden.cache = Cache(_Files(tmp_path))
    world.report_run(registry, world.RUN, start_time="2024-04-22T08:00:00Z", duration=3600)
    keep(registry)
    monkeypatch.setattr(report_work, "_HERE", _Here())


def ordered(
    client: FlaskClient, asked: dict[str, str], headers: dict[str, str] = COORDINATOR
) -> dict[str, Any]:
    """Order a report; return how it ended."""
    begun = client.post(ADDRESS, json=asked, headers=headers)
    assert begun.status_code == 202 and begun.headers["Location"] == begun.get_json()["address"]
    found: dict[str, Any] = client.get(begun.get_json()["address"]).get_json()
    return found


def listed(client: FlaskClient, search: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"{ADDRESS}{search}").get_json()["reports"]
    return found


def test_a_report_is_ordered_and_found_where_the_order_says(client: FlaskClient) -> None:
    assert listed(client) == []
    order = ordered(client, ERA)
    assert (order["state"], order["done"]) == ("frozen", 0)
    (kept,) = listed(client)
    assert order["report"] == kept["name"] and kept["author"] == "d.coordinator"
    body = client.get(order["address"]).data
    assert hashlib.sha256(body).hexdigest() == kept["sha256"]
    assert listed(client, "?kind=week") == [] and listed(client, "?kind=era&scope=2024C") == [kept]
    assert listed(client, f"?as_of={kept['sequence']}") == []


def test_every_form_has_the_numbers_of_the_json(client: FlaskClient) -> None:
    ordered(client, ERA)
    forms = listed(client)[0]["forms"]
    answers = {form: client.get(address) for form, address in forms.items()}
    assert [answers[form].mimetype for form in ("json", "html", "csv", "pdf")] == [
        "application/json",
        "text/html",
        "text/csv",
        "application/pdf",
    ]
    report = read(answers["json"].data)
    pages = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answers["pdf"].data)).pages).split()
    for row in cells(report.table("summary")):
        value = row[1]
        assert value in pages and f">{value}</td>" in answers["html"].text
    recorded = report.table("summary").value("recorded", "value")
    assert f"summary,3,recorded,value,{recorded},pb⁻¹,see each line" in answers["csv"].text
    again = client.get(forms["pdf"], headers={"If-None-Match": answers["pdf"].headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("asked", "status", "says"),
    [
        ({"kind": "month"}, 422, "no kind of report"),
        ({"kind": "week", "scope": "2031-W02"}, 422, "to come"),
        ({"kind": "week", "scope": "2024-W02"}, 404, "The last week with runs is"),
        ({"kind": "era", "scope": "1999A"}, 404, "the registry has 2024C"),
        ({"kind": "cycle", "scope": "x"}, 404, "There is no cycle x"),
        ({**ERA, "source": "A,B"}, 422, "never added up"),
        ({**ERA, "rule": "platinum"}, 404, "platinum"),
        ({**ERA, "as_of": "9999"}, 404, "has not reached"),
        ({"scope": "2024C"}, 422, "kind"),
        ({**ERA, "scope": 7}, 422, "scope"),
    ],
)
def test_what_cannot_be_reported_is_refused_at_once(
    client: FlaskClient, asked: dict[str, Any], status: int, says: str
) -> None:
    refused = client.post(ADDRESS, json=asked, headers=COORDINATOR)
    assert refused.status_code == status and says in refused.get_json()["detail"]
    assert listed(client) == []


def test_who_may_not_is_told_who_may(client: FlaskClient) -> None:
    for headers in (READER, SHIFTER):
        refused = client.post(ADDRESS, json=ERA, headers=headers)
        assert refused.status_code == 403 and "data-certification" in refused.get_json()["detail"]
    shift = {"kind": "shift", "scope": "2024-05-01T08:00Z"}
    assert client.post(ADDRESS, json=shift, headers=READER).status_code == 403
    assert ordered(client, shift, SHIFTER)["state"] == "frozen"


def test_an_order_that_cannot_be_carried_out_says_why(client: FlaskClient, registry: Registry) -> None:
    world.report_run(registry, 380009, era="2024Z")
    world.report_luminosity(registry, [float("nan")] * 10, 380009)
    order = ordered(client, {"kind": "era", "scope": "2024Z"})
    assert (order["state"], order["error"]) == ("refused", "not-found") and "import it first" in order[
        "message"
    ]
    assert listed(client) == []


@pytest.mark.parametrize("name", ["nothing", "nothing.pdf", "era-2024C-1-00000000", "orders"])
def test_a_report_that_is_not_there_is_said(client: FlaskClient, name: str) -> None:
    refused = client.get(f"{ADDRESS}/{name}")
    assert refused.status_code == 404 and "There is no report" in refused.get_json()["detail"]


def test_an_order_that_nobody_gave_is_said(client: FlaskClient) -> None:
    refused = client.get(f"{ADDRESS}/orders/0")
    assert refused.status_code == 404 and "No report is being made" in refused.get_json()["detail"]


def test_a_report_is_made_in_a_process_of_its_own(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_work, "_HERE", multiprocessing.get_context("fork"))
    begun = client.post(ADDRESS, json=ERA, headers=COORDINATOR).get_json()
    until = time.monotonic() + 60
    while client.get(begun["address"]).get_json()["state"] == "making" and time.monotonic() < until:
        time.sleep(0.05)
    assert client.get(begun["address"]).get_json()["report"] == listed(client)[0]["name"]


@pytest.fixture
def runner(client: FlaskClient) -> Callable[..., Any]:
    cli = client.application.test_cli_runner()
    return lambda *words: cli.invoke(args=["report", *words])


def test_the_command_line_makes_lists_and_verifies(runner: Callable[..., Any], client: FlaskClient) -> None:
    made = runner("make", "era", "2024C")
    assert made.exit_code == 0 and made.output.split() == [
        listed(client)[0]["name"],
        listed(client)[0]["sha256"],
    ]
    assert listed(client)[0]["author"] == "registry"
    at = str(listed(client)[0]["sequence"])
    assert runner("make", "era", "2024C", "--as-of", at).output == made.output
    assert len(listed(client)) == 1 and listed(client)[0]["name"] in runner("list").output
    done = runner("verify")
    assert (done.exit_code, done.output) == (0, "1 of 1 reports were made again byte for byte\n")


def test_the_command_line_refuses_in_a_sentence(runner: Callable[..., Any]) -> None:
    refused = runner("make", "era", "1999A")
    assert refused.exit_code == 1 and "No run is of era 1999A" in refused.output
    assert runner("verify", "nothing").exit_code == 1


def test_a_report_that_comes_out_otherwise_ends_verification_with_1(
    runner: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    runner("make", "era", "2024C")
    monkeypatch.setattr("model.report.freeze.FORMAT", 2)
    done = runner("verify")
    assert done.exit_code == 1 and "format" in done.output and "0 of 1" in done.output
