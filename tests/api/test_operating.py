"""What operators and their machines ask: ready or not, numbers, a line for each request, commands."""

import json
import logging
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import logs
from api.operating import backups as backup_operations
from api.operating import metrics
from identity import here
from logs import FIELDS
from model import feeds, jobs, ready
from model.cache import Cache
from model.registry import Registry
from tests.model import world

TRACKER = {here.HEADER: "t.certifier"}
EDIT = {
    "run_number": world.RUN,
    "dataset": world.PROMPT,
    "columns": ["tracker-pixel"],
    "ranges": [[1, 2]],
    "status": "GOOD",
}


class _Kept:
    """A cache that keeps, and one that cannot."""

    def __init__(self, *, is_full: bool = False) -> None:
        self.kept: dict[str, bytes] = {}
        self.is_full = is_full

    def get(self, key: str) -> object:
        return self.kept.get(key)

    def set(self, key: str, value: bytes) -> object:
        return None if self.is_full else self.kept.update({key: value})


def _numbers(client: FlaskClient) -> dict[str, float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_a_registry_that_has_everything_is_ready(registry: Registry) -> None:
    assert ready.missing(registry.database, Cache(_Kept())) == {}


def test_what_is_missing_is_named_and_no_address_is_told(registry: Registry) -> None:
    assert list(ready.missing(registry.database, Cache(_Kept(is_full=True)))) == ["cache"]
    with registry.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    try:
        found = ready.missing(registry.database, Cache(_Kept()))
        assert list(found) == ["database"] and "schema is 0001" in found["database"]
    finally:
        with registry.database.engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{_newest()}'")


def _newest() -> str:
    from model.db import _newest as newest

    return str(newest())


def test_a_registry_without_a_cache_answers_503(client: FlaskClient) -> None:
    """The small registry of these tests has none."""
    answer = client.get("/readyz")
    assert answer.status_code == 503 and list(answer.json["missing"]) == ["cache"]
    assert client.get("/healthz").status_code == 200


def test_numbers_are_for_this_machine_or_for_who_bears_the_token(client: FlaskClient) -> None:
    far = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", **far).status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer "}, **far).status_code == 403
    client.application.config[metrics.TOKEN] = "s3cret"
    try:
        assert client.get("/metrics", headers={"Authorization": "Bearer s3cret"}, **far).status_code == 200
        assert client.get("/metrics", headers={"Authorization": "Bearer s3cre"}, **far).status_code == 403
    finally:
        client.application.config[metrics.TOKEN] = ""


def test_requests_refusals_and_events_are_counted(client: FlaskClient, registry: Registry) -> None:
    route = 'run_registry_request_seconds_count{method="POST",route="/api/v1/verdicts",status="%s"}'
    refusals = 'run_registry_refusals_total{code="forbidden"}'
    before = _numbers(client)
    body = {"edits": [EDIT], "seen": world.now(registry)}
    assert client.post("/api/v1/verdicts", json=body, headers=TRACKER).status_code == 200
    assert client.post("/api/v1/verdicts", json=body, headers={here.HEADER: "r.reader"}).status_code == 403
    after = _numbers(client)
    assert after[route % 200] - before.get(route % 200, 0) == 1
    assert after[refusals] - before.get(refusals, 0) == 1
    kind = 'run_registry_events_total{kind="verdicts-given"}'
    assert after[kind] == before[kind] + 1
    assert after["run_registry_journal_sequence"] == world.now(registry)
    assert after["run_registry_database_bytes"] > 10_000


def test_feeds_and_jobs_are_told_with_their_age(client: FlaskClient, registry: Registry) -> None:
    now = registry.clock()
    feeds.hear(registry.database, "OMS", normal_s=2.0, clock=lambda: now - timedelta(seconds=90))
    jobs.keep(
        registry.database, jobs.Job("backup", now, 1.0, now - timedelta(hours=9), "no space", is_well=False)
    )
    found = _numbers(client)
    assert 90 <= found['run_registry_feed_age_seconds{feed="OMS"}'] < 91
    assert found['run_registry_job_well{job="backup"}'] == 0
    assert found['run_registry_job_overdue{job="backup"}'] == 1


_COUNT = """
import sys
from api.operating import counted
counted.REFUSALS.labels("forbidden").inc(int(sys.argv[1]))
counted.CONNECTIONS.set(2)
if sys.argv[2:]:
    sys.stdout.write(counted.exposition(sys.argv[2], lambda: iter(())).decode())
"""


def test_processes_of_one_host_add_up(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    told = ""
    for arguments in (["3"], ["4", str(tmp_path)]):
        environment = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "PYTHONPATH": str(root)}
        command = [sys.executable, "-c", _COUNT, *arguments]
        told = subprocess.run(
            command, env=environment, cwd=root, capture_output=True, text=True, check=True
        ).stdout
    assert 'run_registry_refusals_total{code="forbidden"} 7.0' in told


def test_a_request_is_one_line_of_the_log_without_its_body(
    client: FlaskClient, registry: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    body = {"edits": [{**EDIT, "comment": "not for the log"}], "seen": world.now(registry)}
    with caplog.at_level(logging.INFO, "run-registry.request"):
        answer = client.post(
            "/api/v1/verdicts?x=y", json=body, headers={**TRACKER, "X-Request-Id": "proxy-0001"}
        )
        client.get("/healthz")
    assert answer.headers["X-Request-Id"] == "proxy-0001"
    (record,) = [each for each in caplog.records if each.name == "run-registry.request"]
    said = json.loads(logs.Line().format(record))
    assert (said["request"], said["asker"], said["method"]) == ("proxy-0001", "t.certifier", "POST")
    assert (said["route"], said["status"], said["sequence"]) == ("/api/v1/verdicts", 200, world.now(registry))
    assert said["ms"] >= 0 and "not for the log" not in json.dumps(said)


def test_a_refused_request_says_why_and_writes_nothing(
    client: FlaskClient, registry: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "run-registry.request"):
        client.post("/api/v1/verdicts", json={"edits": [EDIT], "seen": 1}, headers={here.HEADER: "r.reader"})
        client.get("/api/v1/nothing")
    first, second = (getattr(each, FIELDS) for each in caplog.records if each.name == "run-registry.request")
    assert first["refused"] == "forbidden" and "sequence" not in first
    assert second["refused"] == "not-found" and second["status"] == 404


def test_a_name_that_could_break_the_log_is_replaced(client: FlaskClient) -> None:
    answer = client.get("/api/v1/problems", headers={"X-Request-Id": 'x" {evil}'})
    assert len(answer.headers["X-Request-Id"]) == 16


def test_a_line_of_the_log_is_one_line_whatever_is_in_it() -> None:
    try:
        raise ZeroDivisionError("a\nb")
    except ZeroDivisionError:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "failure\n%s", ("y",), sys.exc_info())
    line = logs.Line().format(record)
    assert "\n" not in line
    assert json.loads(line)["message"] == "failure\ny" and "ZeroDivisionError" in json.loads(line)["traceback"]


def test_nobody_begins_a_line_of_the_log_by_what_they_ask() -> None:
    try:
        raise ValueError("no\n2024-05-20 root forged")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "refused %s", ("a\r\nb\x1b[31m",), sys.exc_info())
    first, *traceback = logs.Text("%(name)s %(message)s").format(record).splitlines()
    assert first == "x refused a\\r\\nb\\x1b[31m"
    assert traceback and all(line.startswith("  ") for line in traceback)


def test_an_operator_moves_a_journal_by_file(client: FlaskClient, registry: Registry, tmp_path: Path) -> None:
    runner, file = client.application.test_cli_runner(), tmp_path / "journal.jsonl.gz"
    said = runner.invoke(args=["journal", "export", str(file)])
    assert said.exit_code == 0 and f"{world.now(registry)} events, head " in said.output
    said = runner.invoke(args=["journal", "import", str(file)])
    assert said.exit_code == 0 and said.output.startswith(f"0 of {world.now(registry)} events are new")
    file.write_bytes(file.read_bytes()[:-9])
    said = runner.invoke(args=["journal", "import", str(file)])
    assert said.exit_code == 1 and "damaged or cut off" in said.output


def test_an_operator_makes_lists_verifies_and_restores_backups(
    client: FlaskClient, registry: Registry, tmp_path: Path
) -> None:
    runner = client.application.test_cli_runner()
    client.application.config[backup_operations.FOLDER] = str(tmp_path / "backups")
    made = runner.invoke(args=["backup", "make"])
    assert made.exit_code == 0 and f"sequence {world.now(registry)}" in made.output
    name = made.output.split()[0]
    assert runner.invoke(args=["backup", "list"]).output.startswith(name)
    assert f"{name} verified" in runner.invoke(args=["backup", "verify"]).output
    said = runner.invoke(args=["backup", "restore", name])
    assert said.exit_code == 1 and "is not empty" in said.output
    assert runner.invoke(args=["backup", "verify", "20000101T000000Z"]).exit_code == 1
    with registry.reading() as connection:
        assert [each.name for each in jobs.jobs(connection) if each.is_well] == [jobs.BACKUP]


def test_settings_are_printed_with_secrets_hidden(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    import settings

    given = settings.Settings(
        database_url="postgresql://registry:hunter2@db/registry", metrics_token="hunter3", secret_key="hunter4"
    )
    monkeypatch.setattr(settings, "load", lambda: given)
    said = client.application.test_cli_runner().invoke(args=["settings"]).output
    assert (
        "DATABASE_URL=postgresql://registry:***@db/registry" in said and "METRICS_TOKEN=(set, hidden)" in said
    )
    assert "hunter" not in said and "WEB_CONCURRENCY=2" in said


def test_an_operator_administers_workspaces(client: FlaskClient, registry: Registry) -> None:
    runner = client.application.test_cli_runner()

    def say(*words: str) -> str:
        return runner.invoke(args=["workspace", *words]).output

    assert "recorded at sequence" in say("add", "higgs", "--level", "PAG", "--why", "wanted")
    assert "recorded" in say("add-column", "higgs-diphoton", "--place", "offline-local", "--why", "wanted")
    assert "recorded" in say("label", "higgs", "Higgs physics", "--why", "nicer")
    assert "recorded" in say("causes", "higgs", "trigger dead", "--why", "asked for")
    told = say("list")
    assert "higgs “Higgs physics”  PAG\n  higgs-diphoton  offline-local\n" in told and "trigger dead" in told
    assert "recorded" in say(
        "retire-column", "higgs-diphoton", "--place", "offline-local", "--why", "by mistake"
    )
    assert "recorded" in say("undo", str(world.now(registry)), "--why", "it was one")
    assert "recorded" in say("retire", "higgs", "--why", "over")
    assert "higgs" not in say("list") and "Error: There is no workspace higgs" in say(
        "retire", "higgs", "--why", "again"
    )
