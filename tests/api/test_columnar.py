"""A year in one request: files that tell all of it, piece by piece, or a refusal before the first byte."""

import csv
import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient

from model.registry import Registry
from tests.model import world
from tests.model.test_columnar_rows import by_hand
from tests.model.world import PROMPT, RUN

LUMISECTIONS, RANGES = "/api/v1/lumisections", "/api/v1/verdict-ranges"


def test_parquet_arrow_and_csv_hold_what_the_registry_says(client: FlaskClient, registry: Registry) -> None:
    expected = by_hand(registry, world.now(registry))
    as_parquet = client.get(f"{LUMISECTIONS}.parquet")
    assert pq.read_table(io.BytesIO(as_parquet.data)).to_pylist() == expected
    assert as_parquet.content_type == "application/vnd.apache.parquet"
    as_arrow = client.get(f"{LUMISECTIONS}.arrow")
    assert pa.ipc.open_stream(as_arrow.data).read_all().to_pylist() == expected
    as_csv = client.get(f"{LUMISECTIONS}.csv")
    assert as_csv.content_type == "text/csv; charset=utf-8"
    found = list(csv.DictReader(io.StringIO(as_csv.text)))
    assert [row["tracker-pixel"] for row in found] == [row["tracker-pixel"] for row in expected]


def test_a_file_says_its_sequence_source_and_units(client: FlaskClient, registry: Registry) -> None:
    answer = client.get(f"{LUMISECTIONS}.parquet", query_string={"as_of": "call-1", "dataset": PROMPT})
    schema = pq.read_schema(io.BytesIO(answer.data))
    assert schema.metadata[b"sequence"] == str(world.now(registry) - 1).encode()
    assert schema.metadata[b"lumi_source"] == b"OMS"
    assert schema.metadata[b"recorded_at"].endswith(b"Z")
    assert schema.field("recorded_lumi_invpb").metadata == {
        b"unit": b"1/pb",
        b"description": b"luminosity recorded in the lumisection",
    }


def test_a_past_sequence_is_told_as_it_was(client: FlaskClient, registry: Registry) -> None:
    asked = {"as_of": "call-1", "dataset": PROMPT, "columns": "tracker-pixel"}
    answer = client.get(f"{LUMISECTIONS}.parquet", query_string=asked)
    found = pq.read_table(io.BytesIO(answer.data))
    assert found.column_names == ["run_number", "dataset", "lumisection", "tracker-pixel"]
    assert found["tracker-pixel"].to_pylist() == ["GOOD"] * 10
    now = client.get(f"{LUMISECTIONS}.parquet", query_string={**asked, "as_of": "now"})
    assert pq.read_table(io.BytesIO(now.data))["tracker-pixel"].to_pylist().count("BAD") == 2


def test_ranges_are_told_too(client: FlaskClient) -> None:
    answer = client.get(f"{RANGES}.csv", query_string={"runs": RUN, "columns": "status,last"})
    assert answer.text.splitlines() == [
        '"run_number","dataset","column","first","last","status"',
        f'{RUN},"{PROMPT}","tracker-pixel",1,3,"GOOD"',
        f'{RUN},"{PROMPT}","tracker-pixel",4,5,"BAD"',
        f'{RUN},"{PROMPT}","tracker-pixel",6,10,"GOOD"',
    ]


def test_tables_are_described_over_http_as_in_their_files(client: FlaskClient) -> None:
    found = {table["name"]: table for table in client.get("/api/v1/tables").get_json()["tables"]}
    told = {column["name"]: column for column in found["lumisections"]["columns"]}
    schema = pq.read_schema(io.BytesIO(client.get(f"{LUMISECTIONS}.parquet").data))
    assert list(told) == schema.names
    assert all(told[field.name]["unit"] == field.metadata[b"unit"].decode() for field in schema)


@pytest.mark.parametrize(
    ("asked", "status", "says"),
    [
        ({"columns": "run_number,traker-pixel"}, 422, "no column traker-pixel (did you mean tracker-pixel"),
        ({"runs": "381594-381593"}, 422, "“381594-381593” is no range of runs: it is reversed."),
        ({"runs": "all of them"}, 422, "“all of them” is no range of runs"),
        ({"runs": "1"}, 404, "The registry has no run 1."),
        ({"runs": "1-2"}, 404, "No dataset of runs 1-2 is named %"),
        ({"dataset": "/Nothing"}, 404, "No dataset is named /Nothing"),
        ({"dataset": ""}, 422, "A dataset pattern has 1 to 200 characters"),
        ({"dataset": "x\\"}, 422, "ends in a backslash"),
        ({"as_of": "9999"}, 404, "The journal has not reached sequence 9999"),
        ({"source": "hftower"}, 404, "No run has luminosity of “hftower”; there is luminosity of OMS."),
        ({"source": ["OMS", "brilcalc"]}, 422, "OMS and brilcalc are different calibrations"),
    ],
)
@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_what_cannot_be_answered_is_refused_with_a_sentence(
    client: FlaskClient, kind: str, asked: dict[str, object], status: int, says: str
) -> None:
    answer = client.get(f"{LUMISECTIONS}.{kind}", query_string=asked)
    assert answer.status_code == status
    assert says in answer.get_json()["detail"]


def test_head_tells_what_a_file_would_be_without_reading_it(client: FlaskClient) -> None:
    answer = client.head(f"{LUMISECTIONS}.parquet")
    assert (answer.status_code, answer.data) == (200, b"")
    assert "lumisections_" in answer.headers["Content-Disposition"]
