"""All runs and all datasets as CSV: piece by piece, refused before the first byte, and never a formula."""

import csv
import io

import pytest
from flask.testing import FlaskClient

from model.registry import Registry
from tests.model import world
from tests.model.world import EXPRESS, PROMPT, RUN

V1 = "/api/v1"


def _rows(client: FlaskClient, address: str) -> list[dict[str, str]]:
    answer = client.get(f"{V1}{address}")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv"), answer.get_data(as_text=True)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True), newline="")))


@pytest.fixture
def many(client: FlaskClient, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Tell of five runs, read two at a time."""
    for place in range(1, 5):
        world.report_run(registry, RUN + place)
        world.create_dataset(registry, run_number=RUN + place)
    monkeypatch.setattr("api.contract.cursors._PIECE", 2)
    return client


def test_every_run_stands_in_the_file_once_as_in_the_list(many: FlaskClient) -> None:
    told, found = many.get(f"{V1}/runs").get_json()["runs"], _rows(many, "/runs.csv")
    assert [int(row["run_number"]) for row in found] == [RUN + place for place in (4, 3, 2, 1, 0)]
    assert set(found[0]) == set(told[0])
    for row, other in zip(found, told, strict=True):
        assert float(row["recorded_lumi_invpb"]) == other["recorded_lumi_invpb"]
        assert (row["missing"], row["significant"]) == (" ".join(other["missing"]), "")
    assert [row["run_number"] for row in _rows(many, f"/runs.csv?q={RUN + 3}")] == [str(RUN + 3)]


def test_every_dataset_stands_in_the_file_once_with_its_states(many: FlaskClient) -> None:
    told, found = many.get(f"{V1}/datasets").get_json()["datasets"], _rows(many, "/datasets.csv")
    assert [(int(row["run_number"]), row["name"]) for row in found] == [
        (each["run_number"], each["name"]) for each in told
    ]
    for row, each in zip(found, told, strict=True):
        assert row["is_hidden"] == "false"
        assert {name: row[name] for name in each["states"]} == each["states"]
    assert {row["name"] for row in _rows(many, "/datasets.csv?stage=express")} == {EXPRESS}


def test_a_file_tells_what_was_true_when(many: FlaskClient, registry: Registry) -> None:
    at = world.now(registry)
    before = [_rows(many, f"/{name}.csv?as_of={at}") for name in ("runs", "datasets")]
    world.report_run(registry, RUN + 9)
    world.create_dataset(registry, run_number=RUN + 9)
    assert [_rows(many, f"/{name}.csv?as_of={at}") for name in ("runs", "datasets")] == before
    assert len(_rows(many, "/runs.csv")) == len(before[0]) + 1


def test_a_spreadsheet_gets_no_formula(client: FlaskClient, registry: Registry) -> None:
    world.report_run(registry, RUN + 1, era='=HYPERLINK("x")')
    assert _rows(client, "/runs.csv")[0]["era"] == '\'=HYPERLINK("x")'
    world.create_dataset(registry, PROMPT, RUN + 1)
    assert {row["era"] for row in _rows(client, f"/datasets.csv?first_run={RUN + 1}")} == {'\'=HYPERLINK("x")'}


@pytest.mark.parametrize("address", ["/runs.csv", "/datasets.csv", "/datasets.ndjson"])
@pytest.mark.parametrize(
    "asked",
    [{"where": "{"}, {"where": '{"any": ["tracker-pixle", "BAD"]}'}, {"as_of": "nowhere"}, {"limit": "3"}],
)
def test_what_makes_no_sense_is_refused_before_the_first_byte(
    client: FlaskClient, address: str, asked: dict[str, str]
) -> None:
    refused = client.get(f"{V1}{address}", query_string=asked)
    assert refused.status_code in (404, 422) and refused.mimetype == "application/problem+json"
