"""What goes wrong with OMS is named, asked again or refused, and changes nothing that was read."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from ingest.oms.errors import NotAllowed, Unreachable
from ingest.oms.follow import Follower
from model.queries import feeds, runs
from model.registry import Registry
from simulators.oms.server import TOKEN, Oms
from tests.ingest.oms_followed import lumisections, oms, refusals, registry, who
from tests.ingest.oms_world import follow, opened, state_of
from tests.model import world
from tests.simulators import oms_world
from tests.simulators.oms_world import GOOD, RAMPED, control, everything, serving

__all__ = ["oms", "registry", "who"]


@pytest.mark.parametrize("kind", ["429", "500", "reset", "html", "truncate", "duplicate", "shuffle", "slow"])
def test_what_goes_wrong_once_is_asked_again_and_changes_nothing(
    tmp_path: Path, registry: Registry, oms: Oms, who: Follower, kind: str
) -> None:
    for path in ("runs?", "lumisections?", "fills"):
        control(oms, steps=30, fault={"kind": kind, "path": path, "seconds": 0.05})
        with suppress(Unreachable):
            who.once()
    everything(oms)
    who.once()
    assert oms.faults.happened > 0 and refusals(registry) == []
    with opened(tmp_path / "undisturbed.sqlite") as other:
        follow(other, oms).once()
        assert state_of(other) == state_of(registry)


def test_oms_that_stays_away_is_named_and_the_feed_says_so_until_it_is_back(
    registry: Registry, oms: Oms, who: Follower
) -> None:
    control(oms, steps=20)
    who.once()
    before = world.now(registry)
    control(oms, fault={"kind": "500", "count": 1000})
    for _ in range(3):
        with pytest.raises(Unreachable, match="HTTP 500"):
            who.once()
    assert world.now(registry) == before
    with registry.reading() as connection:
        (age,) = feeds.feeds(connection, who.clock())
        assert "HTTP 500" in age.detail and age.name == "OMS"
    control(oms, clear_faults=True, steps=20)
    who.once()
    assert lumisections(registry, RAMPED) == ((1, 40),)
    with registry.reading() as connection:
        (age,) = feeds.feeds(connection, who.clock())
    assert age.state == "fresh" and "HTTP 500" not in age.detail


def test_how_long_oms_says_to_wait_is_waited(registry: Registry, oms: Oms, who: Follower) -> None:
    waited: list[float] = []
    who.oms._connection._pace.sleep = waited.append
    control(oms, steps=5, fault={"kind": "429", "seconds": 3})
    who.once()
    assert 3.0 in waited
    control(oms, fault={"kind": "429", "seconds": 120})
    with pytest.raises(Unreachable) as refused:
        who.once()
    assert refused.value.wait_s == 120


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        ({"kind": "value", "lumisections": [3], "attribute": "bpix_ready", "value": "on"}, "bpix_ready of"),
        ({"kind": "value", "lumisections": [3], "attribute": "pileup", "value": "many"}, "pileup is “many”"),
        ({"kind": "value", "lumisections": [3], "attribute": "prescale_index", "value": 1.5}, "prescale_index"),
        ({"kind": "attribute", "attribute": "energy", "value": "high"}, "energy is “high”"),
        ({"kind": "attribute", "attribute": "start_time", "value": "yesterday"}, "not a time"),
        ({"kind": "attribute", "attribute": "components", "value": "CSC"}, "not a list"),
        ({"kind": "drop", "lumisections": list(range(1, 61))}, "no lumisection"),
    ],
)  # fmt: skip
def test_a_record_that_makes_no_sense_is_refused_with_its_reason_and_the_rest_goes_on(
    registry: Registry, oms: Oms, who: Follower, wish: dict[str, Any], reason: str
) -> None:
    everything(oms)
    control(oms, inject={"run": RAMPED, **wish})
    if wish["kind"] == "drop":
        oms.store.runs[RAMPED].attributes["last_lumisection_number"] = 60
        reason = "gives none"
    who.once()
    assert [reason in each for each in refusals(registry)] == [True]
    with registry.reading() as connection:
        assert [each.run_number for each in runs.runs(connection)] == [GOOD]


def test_a_page_whose_rows_lack_an_attribute_is_refused_and_read_again_when_it_is_whole(
    registry: Registry, oms: Oms, who: Follower
) -> None:
    everything(oms)
    control(
        oms,
        fault={
            "kind": "missing",
            "path": f"lumisections?filter[run_number][EQ]={RAMPED}",
            "attribute": "ebp_ready",
        },
    )
    who.once()
    assert ["has no ebp_ready" in each for each in refusals(registry)] == [True]
    assert follow(registry, oms).refresh(RAMPED) > 0
    assert refusals(registry) == [] and lumisections(registry, RAMPED) == ((1, 60),)


def test_a_luminosity_in_an_unknown_unit_is_refused(
    registry: Registry, oms: Oms, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything(oms)
    units = oms.store.units
    monkeypatch.setattr(oms.store, "units", lambda *asked: dict.fromkeys(units(*asked), "barn"))
    follow(registry, oms).once()
    assert refusals(registry) and all("unit of luminosity" in each for each in refusals(registry))


@pytest.mark.parametrize("auth", ["exchange", "api-access"])
def test_a_token_is_had_shown_and_had_again_when_it_ends(registry: Registry, auth: str) -> None:
    with serving(oms_world.two_runs(), token_life_s=60) as oms:
        control(oms, steps=10)
        with pytest.raises(NotAllowed, match="login"):
            follow(registry, oms).once()
        service = f"http://127.0.0.1:{oms.server_port}"
        url = service + (TOKEN if auth == "exchange" else "/auth/realms/cern/api-access/token")
        mine = {"oms_auth": auth, "oms_token_url": url, "oms_client_id": "rr"}
        with pytest.raises(NotAllowed, match="does not know rr"):
            follow(registry, oms, **mine, oms_client_secret="wrong").once()
        who = follow(registry, oms, **mine, oms_client_secret="secret")
        assert who.once() > 0
        control(oms, forget_tokens=True, steps=10)
        assert who.once() > 0
    assert lumisections(registry, RAMPED) == ((1, 20),)


def test_a_secret_goes_over_https_only(registry: Registry, oms: Oms) -> None:
    with pytest.raises(NotAllowed, match="not https"):
        follow(
            registry, oms, oms_auth="exchange", oms_token_url="http://auth.example/token", oms_client_id="rr"
        )


def test_certificates_are_checked(registry: Registry, oms: Oms, who: Follower) -> None:
    assert who.oms._connection._session.verify is True
