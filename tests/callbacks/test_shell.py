"""Travelling in time, becoming somebody, and the whole screen: every id exists, and only once."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from inspect import unwrap
from pathlib import Path
from typing import Any

import dash
import pytest
from dash import no_update
from flask import Flask

from callbacks.board_page import fill_board
from callbacks.consistency_page import show_finding
from callbacks.cycles_page import fill_cycles
from callbacks.golden_page import fill_golden
from callbacks.log_page import show_action
from callbacks.products import fill_products
from callbacks.rules_page import fill_rule
from callbacks.run_actions import fill_run_actions
from callbacks.run_page import fill_run
from callbacks.runs_page import fill_runs
from callbacks.shell import become, fill_shell, travel
from components import (
    certify_panel,
    datasets_page,
    filter_builder,
    late_change,
    lists,
    log_action,
    program_tokens,
    query_page,
    rights_page,
    training_page,
    training_result,
    webhooks,
)
from components.golden_page import FIELDS
from components.shell import undo_button
from identity import here
from model import policy
from model.accepted import Accepted
from model.authors import Scope
from model.commands.cycles import create_cycle
from model.commands.documents import set_label
from model.products.webhooks import Webhook
from model.queries.late_changes import LateChange
from model.queries.views import View
from model.ranges import canonical
from model.registry import Registry
from model.tokens import Token
from model.training.comparison import Comparison
from model.training.kept import Kept, Result
from model.training.question import Question
from model.training.score import Outcome, Score
from model.vocabulary import Stage
from tests.browser.small import FIRST, PROMPT
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import as_text, ids, words
from tests.model import world
from tests.model.product_world import draft_of, propose_draft


@pytest.mark.parametrize(
    ("typed", "search", "address"),
    [
        ("12", "", "?as_of=12"),
        (" call-1 ", "?q=9600", "?q=9600&as_of=call-1"),
        ("2024-05-20T12:00:00Z", "?as_of=3", "?as_of=2024-05-20T12%3A00%3A00Z"),
        ("now", "?as_of=3", ""),
        ("", "?as_of=3&q=9600", "?q=9600"),
        (None, None, ""),
    ],
)
def test_travelling_changes_the_address_only(typed: str | None, search: str | None, address: str) -> None:
    assert travel(1, None, typed, search) == address


def test_somebody_becomes_somebody_else_for_the_session(server: Flask, small_registry: Registry) -> None:
    with server.test_request_context("/"):
        assert here.asker().name == "a.shifter"
        assert become("a.shifter", None) is no_update
        assert become("r.reader", {"sequence": 7}) == {"sequence": 7, "user": "r.reader"}
        assert here.asker().name == "r.reader"


def test_the_shell_says_how_old_the_feeds_are_and_that_it_is_now(asking: Asking) -> None:
    with asking():
        chips, notices, as_of = fill_shell("", None)
    assert "OMS" in words(chips)
    assert (notices, as_of) == ([], "now")


def test_the_shell_says_that_this_is_the_past(asking: Asking, small_registry: Registry) -> None:
    with small_registry.writing() as tx:
        sequence = set_label(tx, "call-1", world.IMPORTER)
    with asking():
        _, notices, as_of = fill_shell("?as_of=call-1", None)
    assert f"as of call-1 (sequence {sequence:,})" in words(notices)
    assert as_of == "call-1"


@pytest.mark.parametrize("given", ["yesterday", "99999999", "2024-05-20T12:00"])
def test_the_shell_says_what_was_dropped_from_the_address(asking: Asking, given: str) -> None:
    with asking():
        _, notices, as_of = fill_shell(f"?as_of={given}", None)
    assert "as_of was dropped" in words(notices)
    assert as_of == "now"


def screens(server: Flask, registry: Registry) -> dict[str, list[str]]:
    """Return every id of every page, filled, inside the shell."""
    action = [(1, 9)]
    given = world.give(registry, world.SHIFTER, "dt-dt", action, "STANDBY", dataset="online", run_number=FIRST)
    bits = {"beam1_stable": [(1, 9, True), (10, 14, False), (15, 60, True)]}
    world.report_run(registry, FIRST, [(1, 60)], bits)
    with registry.writing() as tx:
        create_cycle(tx, "call-1", "2024-06-20", [(FIRST, PROMPT)], world.DC)
    propose_draft(registry, draft_of(registry, "golden-2024", PROMPT, "call-1", "golden-2024"))
    shell = _ids_of_json(server.test_client().get("/_dash-layout").json)
    with server.test_request_context("/"):
        filled = {
            # the panel replaces the closed one that stands there from the start
            "pages.board": fill_board("/", "", None, None, None, True)[:7],
            "pages.consistency": show_finding("/consistency", f"?finding={FIRST}/beam/dc", None)[0],
            "pages.cycles": fill_cycles("/cycles", "", None),
            "pages.runs": fill_runs("/runs", "", None),
            "pages.run": [*[*fill_run(f"/runs/{FIRST}", "", None, None, None, None).values()][:7], *_of_run()],
            "pages.rules": fill_rule("/rules", "?name=golden-2024", None),
            "pages.golden": [*_golden()],
            "pages.products": [*fill_products("/products", "", None), webhooks.table([WEBHOOK], {})],
            "pages.lists": lists.result({FIRST: canonical([(1, 9)])}, 0.9, 0, "OMS"),
            "pages.datasets": datasets_page.accepted_rows(
                [Accepted("/Express/X/DQM", ("x",), 1, 2, "X")], None, 1
            ),
        }
        view = View("a.shifter", "mine", "/query", {}, is_shared=False)
        shown = show_action("/log", f"?action={given}", None)
        filled["pages.training"] = [
            training_page.training_body("practice", training_result.place()),
            *_of_sitting(),
        ]
        filled["pages.log"] = [shown, log_action.effect(None, "not tried")]
        filled["pages.query"] = query_page.saved([view], "a.shifter")
        filled["pages.rights"] = [
            rights_page.matrix(policy.DEFAULT, may_edit=True),
            *rights_page.groups(policy.DEFAULT.grants, may_edit=True),
            program_tokens.listed([TOKEN], NOW),
        ]
        return {
            name: [*shell, *ids(unwrap(page["layout"])()), *ids(filled.get(name))]
            for name, page in dash.page_registry.items()
        }


NOW = datetime(2024, 5, 3, tzinfo=UTC)
TOKEN = Token("ml", "tests", Scope(), "b.expert", NOW, NOW + timedelta(days=9))
WEBHOOK = Webhook(
    1,
    "https://example.org/hook",
    "d.coordinator",
    datetime(2024, 5, 1, tzinfo=UTC),
    is_active=True,
    kinds=("product-official",),
    told=1,
    attempts=0,
    due_at=None,
    failing_since=datetime(2024, 5, 2, tzinfo=UTC),
    given_up_at=None,
)
ACCEPTED = Accepted("/Express/X/DQM", ("x",), 1, 2, "X")


def _of_sitting() -> list[Any]:
    """Return a sitting that somebody compared."""
    nothing = Score(dict.fromkeys(Outcome, 0), dict.fromkeys(Outcome, 0.0))
    found = Comparison(nothing, nothing, {}, (), (), "OMS")
    asked, came = Question("tracker", Stage.PROMPT, 30, 10, 1, 1), Result(0, 0, 0.0, 0.0, 0.0, 0.0, 0.0)
    one = Kept("a.shifter", asked, (), came, is_shared=False, at=NOW)
    return [training_result.place(), *training_result.result(one, found, "a.shifter")]


def _golden() -> list[Any]:
    """Return the golden page with a clause switched off."""
    page = fill_golden("/golden", "", None, dict.fromkeys(FIELDS), None, None, [])["parts"]
    key = page["clauses"].children[0].to_plotly_json()["props"]["data-key"]
    varied = fill_golden("/golden", f"?off={key}", None, dict.fromkeys(FIELDS), None, None, [])
    return list(varied["parts"].values())


def _of_run() -> list[Any]:
    """Return the actions on a run, and a late change of it."""
    one = LateChange(1, FIRST, "", ("luminosity",), (), (), 0.1, None, 0, {}, {})
    late = late_change.body(one, 2, world.EXPERT, is_past=False)
    return [fill_run_actions(f"/runs/{FIRST}", "", None, None, None)[0], late]


def _ids_of_json(node: Any) -> list[str]:
    if isinstance(node, list):
        return [found for one in node for found in _ids_of_json(one)]
    if not isinstance(node, dict):
        return []
    props = node.get("props", {})
    own = [as_text(props["id"])] if "id" in props else []
    return own + _ids_of_json(props.get("children"))


def _asked_for(server: Flask) -> set[str]:
    """Return every id that a callback reads or writes; a pattern counts as its type."""
    found: set[str] = set()
    for callback in server.test_client().get("/_dash-dependencies").json:
        found |= {part["id"] for part in (*callback["inputs"], *callback["state"])}
        outputs = callback["output"].strip(".").split("...")
        # a callback that only tells the browser something writes nowhere: a hash without a property
        found |= {one.rsplit(".", 1)[0] for one in outputs if "." in one}
    return {json.loads(one)["type"] if one.startswith("{") else one for one in found}


def test_every_page_is_registered(server: Flask) -> None:
    assert {page["path"] for page in dash.page_registry.values()} >= {"/", "/runs", "/golden", "/rules"}
    files = {path.stem for path in Path("pages").glob("*.py")} - {"__init__"}
    assert {name.removeprefix("pages.") for name in dash.page_registry} == files


def test_no_id_is_drawn_twice_on_a_page(server: Flask, small_registry: Registry) -> None:
    for page, found in screens(server, small_registry).items():
        assert [one for one, n in Counter(found).items() if n > 1] == [], page


def test_every_id_a_callback_uses_is_drawn_on_some_page(server: Flask, small_registry: Registry) -> None:
    drawn = {one for found in screens(server, small_registry).values() for one in found}
    # a toast stands on no page of its own, nobody has kept a view, and no two wrote at once
    view = View("a.shifter", "mine", "/certify", {}, is_shared=False)
    drawn |= set(ids(certify_panel.both_sides([], {})))
    drawn |= set(ids(undo_button(1))) | set(ids(filter_builder.views([view], "a.shifter")))
    types = {json.loads(one)["type"] for one in drawn if one.startswith("{")}
    missing = sorted(_asked_for(server) - drawn - types)
    assert not missing, ", ".join(missing)


def test_a_callback_answers_over_http_too(server: Flask, small_registry: Registry) -> None:
    asked = {
        "output": "..runs-grid.getRowsResponse...runs-count.children..",
        "outputs": [
            {"id": "runs-grid", "property": "getRowsResponse"},
            {"id": "runs-count", "property": "children"},
        ],
        "inputs": [
            {"id": "runs-grid", "property": "getRowsRequest", "value": {"startRow": 0, "endRow": 100}},
        ],
        "changedPropIds": ["runs-grid.getRowsRequest"],
        "state": [{"id": "shell-address", "property": "search", "value": ""}],
    }
    answer = server.test_client().post("/_dash-update-component", json=asked)
    assert answer.status_code == 200
    assert str(FIRST) in answer.get_data(as_text=True)


def test_a_callback_of_another_origin_is_refused(server: Flask, small_registry: Registry) -> None:
    answer = server.test_client().post(
        "/_dash-update-component", json={}, headers={"Origin": "https://elsewhere.example"}
    )
    assert answer.status_code == 403


def laid_out(server: Flask, path: str, search: str, changed: str, stands: str | None = None) -> int:
    """Return the status of what the router answers, where a page of a title stands."""
    places = [("pathname", path), ("search", search)]
    outputs = [("_pages_content", "children"), ("_pages_store", "data")]
    asked = {
        "output": f"..{'...'.join('.'.join(one) for one in outputs)}..",
        "outputs": [dict(zip(("id", "property"), one, strict=True)) for one in outputs],
        "inputs": [{"id": "_pages_location", "property": name, "value": value} for name, value in places],
        "state": [{"id": "_pages_store", "property": "data", "value": {"title": stands}}],
        "changedPropIds": [f"_pages_location.{changed}"],
    }
    return server.test_client().post("/_dash-update-component", json=asked).status_code


@pytest.mark.parametrize("search", ["?as_of=7", ""])
def test_a_page_is_not_laid_out_anew_when_only_its_filters_change(server: Flask, search: str) -> None:
    assert laid_out(server, "/golden", search, "search") == 204
    assert laid_out(server, "/golden", search, "pathname") == 200


def test_from_run_to_run_the_page_stays_and_from_elsewhere_it_is_laid_out(server: Flask) -> None:
    run, certify = "Run · Run Registry", "Certify · Run Registry"
    assert laid_out(server, f"/runs/{FIRST}", "", "pathname", run) == 204
    assert laid_out(server, f"/runs/{FIRST}", "", "pathname", certify) == 200
    assert laid_out(server, f"/runs/{FIRST}", "", "pathname") == 200
    # a page that does not say so is another one for each of its addresses
    assert laid_out(server, "/certify/tracker", "", "pathname", certify) == 200
