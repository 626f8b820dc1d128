"""Every read is told at a sequence, and not told again to whoever has it."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from model.registry import Registry
from tests.api.conftest import PIXEL
from tests.model import world
from tests.model.world import EXPRESS, PROMPT, RUN

V1 = "/api/v1"
LIST = f"rule=golden&dataset={PROMPT}"
#: an example of every read
READS = {
    "/accepted-datasets": "",
    "/bits": f"run_number={RUN}&dataset={PROMPT}",
    "/cycles": "",
    "/cycles/next": "",
    "/datasets": "",
    "/datasets.ndjson": "",
    "/datasets.csv": "",
    "/decisions": "",
    "/explain/lumisection": f"run={RUN}&dataset={PROMPT}&lumisection=4&rule=golden",
    "/explain/status": f"run={RUN}&dataset={PROMPT}&lumisection=4&column={PIXEL}",
    "/findings": "",
    "/golden-json": LIST,
    "/golden-json/difference": f"{LIST}&against=call-1",
    "/golden-json/difference/csv": f"{LIST}&against=call-1",
    "/golden-json/manifest": LIST,
    "/grid": "",
    "/labels": "",
    "/late-changes": "",
    "/lumisections.arrow": "dataset=%25Prompt%25",
    "/lumisections.csv": f"runs={RUN}",
    "/lumisections.parquet": "",
    "/losses": f"{LIST}&source=OMS",
    "/losses.csv": f"{LIST}&source=OMS",
    "/losses/lumisections": f"{LIST}&part=mixed",
    "/luminosity": LIST,
    "/luminosity.csv": LIST,
    "/luminosity/sources": LIST,
    "/products": "",
    "/products.atom": "",
    "/products.json": "",
    "/proposals": "",
    "/proposals/agreement": "",
    "/reports": "",
    "/events": "",
    "/events.ndjson": "",
    "/run-table": "",
    "/recent-runs": "",
    "/era-map": "",
    "/rights": "",
    "/rules": "",
    "/rules/drafts": "",
    "/runs": "",
    "/runs.csv": "",
    "/tables": "",
    "/training/sittings": "",
    "/verdict-ranges.arrow": "",
    "/verdict-ranges.csv": "",
    "/verdict-ranges.parquet": "",
    "/runs/<int:run_number>": "",
    "/runs/<int:run_number>/lumisection-ranges": f"dataset={PROMPT}&bits=none",
    "/runs/<int:run_number>/verdicts": f"dataset={PROMPT}",
    "/sign-offs": "",
    "/version": "",
    "/views": "",
    "/workspaces": "",
}
#: reads of something that must be there first; other tests read them
NAMED = {
    "/cycles/<string:name>": "test_cycles",
    "/products/<name>": "test_products",
    "/products/<name>/list": "test_products",
    "/reports/<string:name>": "test_reports",
}
#: what has no past
NOW = {
    "/version": "the journal's place is the one thing that is always now",
    "/products.atom": "a feed tells what is new; the list of products has a past",
    "/products.json": "a feed tells what is new; the list of products has a past",
    "/grid/changes": "what changed since a sequence, and who else is here",
    "/events/kinds": "what kinds there are is part of the program",
    "/events/<int:sequence>": "an event never changes",
    "/health": "the age of what upstream last said",
    "/feeds": "the age of what upstream last said",
    "/stream": "a stream tells what happens next",
    "/problems": "what codes mean is part of the program",
    "/reports/orders/<string:order>": "how far work is that goes on beside the web",
    "/query/schema": "the tables of a snapshot, which is of its own sequence",
    "/snapshots": "files that lie there now; each is of a sequence",
    "/snapshots/<int:sequence>/manifest": "a snapshot is of its own sequence",
    "/snapshots/<int:sequence>/<table>.parquet": "a snapshot is of its own sequence",
    "/rights/denied": "what was denied stands beside the journal",
    "/webhooks": "subscriptions are operation and stand in no journal",
    "/webhooks/<int:number>/deliveries": "the log of deliveries stands in no journal",
}


def _addresses() -> list[str]:
    return [f"{V1}{path.replace('<int:run_number>', str(RUN))}?{query}" for path, query in READS.items()]


def _rules(client: FlaskClient) -> set[str]:
    rules = (rule for rule in client.application.url_map.iter_rules() if rule.rule.startswith(f"{V1}/"))
    return {rule.rule.removeprefix(V1) for rule in rules if "GET" in (rule.methods or ())}


def test_every_read_has_a_past_or_a_reason(client: FlaskClient) -> None:
    assert _rules(client) == {*READS, *NAMED, *NOW}
    document = client.get("/api/docs/openapi.json").get_json()
    taking = {
        path.removeprefix(V1)
        for path, methods in document["paths"].items()
        if any(each["name"] == "as_of" for each in methods.get("get", {}).get("parameters", []))
    }
    plain = {path.replace("<int:", "{").replace("<string:", "{") for path in {*READS, *NAMED} - {*NOW}}
    assert taking == {path.replace("<", "{").replace(">", "}") for path in plain}


@pytest.mark.parametrize("address", _addresses())
def test_what_somebody_has_is_not_computed_again(client: FlaskClient, address: str) -> None:
    first = client.get(address)
    assert first.status_code == 200, first.get_data(as_text=True)
    tag, weak = first.get_etag()
    assert tag and not weak and first.headers["Run-Registry-Sequence"].isdigit()
    assert client.get(address).data == first.data
    again = client.get(address, headers={"If-None-Match": f'"{tag}"'})
    assert (again.status_code, again.data, again.get_etag()[0]) == (304, b"", tag)
    assert client.get(address, headers={"If-None-Match": '"another"'}).status_code == 200


@pytest.mark.parametrize("address", _addresses())
def test_a_read_of_the_past_stays_what_it_was(client: FlaskClient, registry: Registry, address: str) -> None:
    at = world.now(registry)
    before = client.get(f"{address}&as_of={at}")
    world.give(registry, world.TRACKER, PIXEL, [(7, 7)], "BAD")
    world.report_run(registry, RUN + 1)
    if "csv" not in address and not any(address.startswith(V1 + path) for path in NOW):
        assert client.get(f"{address}&as_of={at}").data == before.data
        assert client.get(f"{address}&as_of={at}").headers["ETag"] == before.headers["ETag"]


def test_a_packed_answer_is_recognised_too(client: FlaskClient, registry: Registry) -> None:
    for place in range(1, 8):
        world.report_run(registry, RUN + place)
    packed = client.get(f"{V1}/runs", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    known = {"If-None-Match": packed.headers["ETag"], "Accept-Encoding": "gzip"}
    assert client.get(f"{V1}/runs", headers=known).status_code == 304


def test_the_answer_about_a_run_stands_while_others_change(client: FlaskClient, registry: Registry) -> None:
    address = f"{V1}/runs/{RUN}/verdicts?dataset={PROMPT}"
    known = {"If-None-Match": client.get(address).headers["ETag"]}
    world.report_run(registry, RUN + 1)
    assert client.get(address, headers=known).status_code == 304
    world.give(registry, world.TRACKER, PIXEL, [(1, 1)], "BAD", dataset=EXPRESS)
    assert client.get(address, headers=known).status_code == 200


def test_an_answer_of_ones_own_is_no_answer_for_others(client: FlaskClient) -> None:
    mine: dict[str, Any] = {"X-Run-Registry-User": "t.certifier"}
    tag = client.get(f"{V1}/decisions", headers=mine).headers["ETag"]
    assert client.get(f"{V1}/decisions", headers={**mine, "If-None-Match": tag}).status_code == 304
    theirs = {"X-Run-Registry-User": "d.coordinator", "If-None-Match": tag}
    assert client.get(f"{V1}/decisions", headers=theirs).status_code == 200


@pytest.mark.parametrize("known", ["", '"', ",", 'W/"', "\x80", '"a" , b', 'x"y'])
def test_what_is_no_tag_is_passed_over(client: FlaskClient, known: str) -> None:
    assert client.get(f"{V1}/version", headers={"If-None-Match": known}).status_code == 200


def test_a_refusal_has_no_tag(client: FlaskClient) -> None:
    refused = client.get(f"{V1}/runs/1")
    assert refused.status_code == 404 and "ETag" not in refused.headers


@pytest.mark.parametrize("address", [f"{V1}/runs?wher=1", f"{V1}/runs/{RUN}?verbose=1"])
def test_a_slip_in_an_address_is_no_silence(client: FlaskClient, address: str) -> None:
    refused = client.get(address)
    assert refused.status_code == 422 and "Extra inputs are not permitted" in refused.get_json()["detail"]
