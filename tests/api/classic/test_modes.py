"""The published client is known in three ways: on its own machine, behind a proxy, and by a bearer token."""

from collections.abc import Callable, Iterator
from functools import partial
from threading import Thread
from types import ModuleType

import pytest
import requests
from cernrequests import get_api_token

from model.commands.tokens import make_token
from model.registry import Registry
from model.rights import Action
from simulators.sso import TOKEN, Sso
from tests.model import world
from tests.model.world import EXPERT, PROMPT
from tests.provision.server import serving

SECRET = "what only the proxy knows"
AUDIENCE = "cmsrunregistry-sso-proxy"
PROGRAMS = {
    "dc-tool": ["cms-dqm-runregistry-experts"],
    "tracker-tool": ["cms-dqm-runregistry-offline-tracker-certifiers"],
    "reader-tool": [],
}
Named = Callable[..., ModuleType]


@pytest.fixture(scope="session")
def sso() -> Iterator[Sso]:
    """Give a sign-on that knows three programs; what it stands before is told later."""
    server = Sso(0, PROGRAMS, "", SECRET)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def guarded(kept: Registry, sso: Sso, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a server that knows nobody but by a proxy or a token."""
    how = {"AUTH": "proxy", "PROXY_SECRET": SECRET, "OIDC_ISSUER": sso.issuer, "OIDC_AUDIENCE": AUDIENCE}
    with serving(kept.database.url, tmp_path_factory.mktemp("guarded"), **how) as address:
        sso.registry = address
        yield address


@pytest.fixture(params=["proxy", "bearer"])
def named(request: pytest.FixtureRequest, guarded: str, sso: Sso, monkeypatch: pytest.MonkeyPatch) -> Named:
    """Give a function that sets the client up as a program, behind the proxy or straight with its token."""
    import runregistry.runregistry as client

    def become(program: str) -> ModuleType:
        client.setup("production")
        address = sso.address if request.param == "proxy" else guarded
        monkeypatch.setattr(client, "api_url", f"{address}/api")
        monkeypatch.setattr(client, "client_id", program)
        monkeypatch.setattr(client, "client_secret", f"secret of {program}")
        endpoint = f"{sso.address}{TOKEN}"
        monkeypatch.setattr(client, "get_api_token", partial(get_api_token, token_endpoint=endpoint))
        return client

    return become


def test_a_program_reads(named: Named, a_run: int) -> None:
    rr = named("reader-tool")
    assert rr.get_run(a_run)["class"] == "Collisions24"
    assert len(rr.get_lumisections(a_run, PROMPT)) == 100
    assert rr.get_dataset_names_of_run(a_run)[0] == "online"


def test_a_program_writes_under_its_name(named: Named, kept: Registry, a_run: int) -> None:
    rr = named("tracker-tool")
    rr.edit_rr_lumisections(a_run, 1, 2, "tracker-pixel", "BAD", comment="a test", dataset_name=PROMPT)
    assert (1, 2, "BAD", "program:tracker-tool") in world.said(kept, "tracker-pixel", run_number=a_run)
    (found,) = named("dc-tool").move_runs("OPEN", "SIGNOFF", run=a_run)
    assert found["rr_attributes"]["state"] == "SIGNOFF"


def test_a_program_without_the_right_reads_which_group_has_it(named: Named, a_run: int) -> None:
    words = "Got response 403 .*User needs to be part of any of the following e-groups .*cms-dqm-oncall"
    with pytest.raises(Exception, match=words):
        named("reader-tool").change_run_class(a_run, "Cosmics24")
    with pytest.raises(Exception, match=words):
        named("reader-tool").manually_refresh_components_statuses_for_runs(a_run)
    words = "Got response 403 .*data-certification"
    with pytest.raises(Exception, match=words):
        named("tracker-tool").move_datasets("OPEN", "SIGNOFF", PROMPT, run=a_run)


def test_a_token_of_the_registry_may_what_it_was_made_for(
    guarded: str, kept: Registry, a_run: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    import runregistry.runregistry as rr

    with kept.writing() as tx:
        token = make_token(tx, f"tool-{a_run}", EXPERT, actions=[Action.EDIT_ONLINE], workspaces_of=["dt"])
    rr.setup("production")
    monkeypatch.setattr(rr, "api_url", guarded)
    monkeypatch.setattr(rr, "_get_token", lambda: token)
    assert rr.edit_rr_lumisections(a_run, 1, 2, "dt-dt", "STANDBY")["run_number"] == a_run
    assert (1, 2, "STANDBY", f"program:tool-{a_run}") in world.said(
        kept, "dt-dt", dataset="online", run_number=a_run
    )
    with pytest.raises(Exception, match="Got response 403"):
        rr.edit_rr_lumisections(a_run, 1, 2, "gem-gem", "STANDBY")
    with pytest.raises(Exception, match="Got response 403"):
        rr.move_runs("OPEN", "SIGNOFF", run=a_run)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"email": "api@api"},
        {"email": "somebody@example.org", "egroups": "cms-dqm-runregistry-experts"},
        {"email": "somebody@example.org", "X-Proxy-Secret": "a guess"},
        {"X-Run-Registry-User": "b.expert"},
        {"Authorization": "Bearer nonsense"},
    ],
)
def test_whoever_proves_nothing_is_nobody(guarded: str, headers: dict[str, str], a_run: int) -> None:
    for path in ("/runs_filtered_ordered", "/api/runs_filtered_ordered", f"/runs/refresh_run/{a_run}"):
        answer = requests.post(f"{guarded}{path}", json={}, headers=headers, timeout=20)
        assert (answer.status_code, sorted({"err", "message"} & answer.json().keys())) == (
            401,
            ["err", "message"],
        )


def test_the_constant_of_local_mode_is_not_for_who_comes_through_a_proxy(origin: str, a_run: int) -> None:
    headers = {"email": "api@api", "Content-type": "application/json"}
    url = f"{origin}/runs/refresh_run/{a_run}"
    assert requests.post(url, headers=headers, timeout=20).status_code == 200
    for more in (
        {"X-Forwarded-For": "192.0.2.1"},
        {"Forwarded": "for=192.0.2.1"},
        {"Host": "registry.example"},
    ):
        answer = requests.post(url, headers={**headers, **more}, timeout=20)
        assert (answer.status_code, "err" in answer.json()) == (401, True)
