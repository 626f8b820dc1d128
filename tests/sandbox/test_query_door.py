"""SQL over HTTP: what is answered, in which format, and how it is refused."""

import io
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet
import pytest
from flask.testing import FlaskClient

from components.calls.call import Address
from components.calls.pages import calls_of
from model.registry import registry, use
from model.sandbox import sandbox
from model.sandbox.sandbox import Sandbox
from tests.browser import small
from tests.browser.small import FIRST
from tests.sandbox.conftest import LIMITS, Queries

_SQL = "SELECT run_number, recorded_lumi_invpb FROM runs ORDER BY run_number"
_ASK = "/api/v1/query"


@pytest.fixture
def client(queries: Queries, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FlaskClient]:
    """Give the application's own server beside the query process."""
    import settings

    monkeypatch.setattr(settings, "load", lambda: settings.Settings(data_dir=tmp_path))
    import app

    registry_before, before = registry(), sandbox.sandbox()
    opened = small.opened(tmp_path / "small.sqlite")
    use(opened)
    sandbox.use(queries.sandbox)
    with app.server.test_client() as found:
        yield found
    use(registry_before)
    sandbox.use(before)
    opened.database.dispose()


def test_rows_come_with_types_units_and_their_snapshot(client: FlaskClient, queries: Queries) -> None:
    answer = client.post(_ASK, json={"sql": _SQL})
    told = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert [row[0] for row in told["rows"]] == [FIRST, FIRST + 1]
    assert told["columns"][1] == {"name": "recorded_lumi_invpb", "type": "double", "unit": "1/pb"}
    assert (told["sequence"], told["truncated"]) == (queries.sequence, False)
    assert answer.headers["Run-Registry-Sequence"] == str(queries.sequence)


def test_files_say_in_their_headers_what_json_says_inside(client: FlaskClient, queries: Queries) -> None:
    answer = client.post(_ASK, json={"sql": _SQL, "limit": 1, "format": "parquet"})
    assert pyarrow.parquet.read_table(io.BytesIO(answer.data)).to_pydict()["run_number"] == [FIRST]
    assert answer.headers["Run-Registry-Truncated"] == "there are more than 1 rows"
    assert f"query_{queries.sequence}.parquet" in answer.headers["Content-Disposition"]
    lines = client.post(_ASK, json={"sql": _SQL, "format": "csv"}).text.splitlines()
    assert lines[0] == "run_number,recorded_lumi_invpb" and len(lines) == 3
    assert client.post(_ASK, json={"sql": _SQL, "format": "arrow"}).status_code == 200


def test_a_snapshot_is_named_by_its_sequence_and_by_nothing_near_it(
    client: FlaskClient, queries: Queries
) -> None:
    at = str(queries.sequence)
    with registry().reading():
        answer = client.post(_ASK, json={"sql": "SELECT 1", "snapshot": "0"})
    assert answer.status_code == 404 and f"Near are {at}." in answer.get_json()["detail"]
    assert client.post(_ASK, json={"sql": "SELECT 1", "snapshot": "no such label"}).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"sql": ""}, 422),
        ({"sql": "DROP VIEW runs"}, 422),
        ({"sql": "SELECT 1", "limit": 0}, 422),
        ({"sql": "SELECT 1", "limit": 10**9}, 422),
        ({"sql": "SELECT 1", "format": "xlsx"}, 422),
        ({"sql": "SELECT 1", "strange": 1}, 422),
        ({"sql": 5}, 422),
        ({}, 422),
        ({"sql": "x" * 30_000}, 422),
        ({"sql": "SELECT list(i) FROM range(1000000000) t(i)"}, 422),
    ],
)
def test_bad_questions_are_refused_as_problems(
    client: FlaskClient, body: dict[str, object], status: int
) -> None:
    answer = client.post(_ASK, json=body)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert len(answer.get_json()["detail"]) > 10


def test_where_the_query_process_is_not_there_the_answer_is_503(client: FlaskClient, tmp_path: Path) -> None:
    sandbox.use(Sandbox(tmp_path / "nobody.sock", sandbox.sandbox().snapshots, LIMITS))
    answer = client.post(_ASK, json={"sql": "SELECT 1"})
    assert (answer.status_code, answer.get_json()["code"]) == (503, "absent")
    assert client.get("/api/v1/runs").status_code == 200


def test_the_schema_tells_every_table_with_units_and_the_limits(client: FlaskClient, queries: Queries) -> None:
    told = client.get(f"{_ASK}/schema").get_json()
    tables = {each["name"]: each for each in told["tables"]}
    assert {"runs", "lumisections", "verdict_ranges", "history"} <= tables.keys()
    (lumi,) = [each for each in tables["runs"]["columns"] if each["name"] == "recorded_lumi_invpb"]
    assert lumi["unit"] == "1/pb" and lumi["description"]
    assert (told["limits"]["time_s"], told["sequence"]) == (LIMITS.time_s, queries.sequence)


def test_without_a_snapshot_the_sentence_says_how_one_is_made(client: FlaskClient, tmp_path: Path) -> None:
    sandbox.use(Sandbox(tmp_path / "nobody.sock", tmp_path / "none", LIMITS))
    answer = client.post(_ASK, json={"sql": "SELECT 1"})
    assert answer.status_code == 404 and "snapshot make" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    "said", [{"sql": _SQL}, {"sql": _SQL, "snapshot": "latest", "plot": "bars"}, {"saved": "x/y"}, {}]
)
def test_the_call_behind_the_page_is_answered(client: FlaskClient, said: dict[str, str]) -> None:
    calls = calls_of(Address("/query", said))
    assert calls
    for call in calls:
        if call.body is None:
            answer = client.get(call.path, query_string=dict(call.params))
        else:
            answer = client.post(call.path, json=call.body)
            assert answer.get_json()["row_count"] == 2
        assert answer.status_code == 200


def test_a_query_is_kept_under_a_name_and_its_address_is_short(client: FlaskClient) -> None:
    body = {"name": "long", "path": "/query", "search": {"sql": _SQL * 100, "plot": "bars"}, "is_shared": True}
    assert client.post("/api/v1/views", json=body).status_code == 200
    (view,) = client.get("/api/v1/views").get_json()["views"]
    assert view["address"] == "/query?saved=a.shifter%2Flong"
    for bad in ({"sql": " "}, {"sql": "x" * 30_000}, {"where": "[]"}):
        assert client.post("/api/v1/views", json={**body, "search": bad}).status_code == 422
