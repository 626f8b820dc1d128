"""The page of administration: it shows who certifies what, and changes it as a command would."""

from typing import Any

import pytest
from dash import no_update

from callbacks.admin_page import apply_change, fill_admin, keep_mark, show_fields
from callbacks.certify_panel import offer_causes
from callbacks.decide_page import offer_every_cause
from components import admin_page as page
from identity import here
from model.authors import IMPORTER
from model.commands.documents import set_document
from model.queries import datasets, documents
from model.registry import Registry
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import words
from tests.model import world

WHY = "wanted by the Higgs PAG"


def _apply(asking: Asking, verb: str, name: str, *, by: str = "b.expert", why: str = WHY, **given: str) -> Any:
    values = [given.get(field.removeprefix("admin-")) for field in page.FIELDS]
    with asking(by):
        return apply_change(1, verb, name, *values, why)


def _filled(asking: Asking, by: str = "b.expert", search: str = "") -> Any:
    with asking(by):
        return fill_admin("/admin", search, None)


def test_a_workspace_is_made_on_the_page_and_stands_on_it(asking: Asking, small_registry: Registry) -> None:
    before = world.now(small_registry)
    _apply(asking, "add-workspace", "higgs", level="PAG")
    done = _apply(asking, "add-column", "higgs-diphoton", place="offline-local")
    assert done[0] == {"sequence": world.now(small_registry)} and done[2] is None
    assert (
        done[3:] == ("", "", "")
        and "higgs-diphoton is a column from now on." in words(done[1])
        and "Undo" in words(done[1])
    )
    _apply(asking, "label", "higgs-diphoton", label="H → γγ")
    _apply(asking, "causes", "higgs", causes="photon energy\n")
    told, past, *_ = _filled(asking)
    for said in ("higgs", "PAG", "diphoton “H → γγ”", "photon energy"):
        assert said in words(told)
    assert "b.expert" in words(past) and WHY in words(past)
    assert "higgs" not in words(_filled(asking, search=f"?as_of={before}")[0])
    _apply(asking, "retire-column", "higgs-diphoton", place="offline-local")
    _apply(asking, "retire-workspace", "higgs")
    assert "diphoton" not in words(_filled(asking)[0])
    with small_registry.reading() as connection:
        assert "higgs" not in datasets.levels(connection)


@pytest.mark.parametrize(
    ("verb", "name", "by", "why", "said"),
    [
        ("add-workspace", "Higgs", "b.expert", WHY, "no name of a workspace"),
        ("add-workspace", "higgs", "d.coordinator", WHY, "experts may"),
        ("add-workspace", "higgs", "b.expert", "", "Say why"),
        ("retire-workspace", "higgs", "b.expert", WHY, "no workspace higgs"),
        ("nothing", "higgs", "b.expert", WHY, "Choose what to do"),
        ("add-column", "  ", "b.expert", WHY, "Name the workspace or the column first"),
    ],
)
def test_a_refusal_stands_beside_the_form(
    asking: Asking, small_registry: Registry, verb: str, name: str, by: str, why: str, said: str
) -> None:
    before = world.now(small_registry)
    done = _apply(asking, verb, name, by=by, why=why, level="PAG")
    assert done[:2] == (no_update, no_update) and said in words(done[2])
    assert world.now(small_registry) == before


def test_who_may_not_is_told_whose_right_it_is(asking: Asking, small_registry: Registry) -> None:
    _apply(asking, "label", "tracker", label="Tracker")
    *_, reason, is_free, is_hidden, _ = _filled(asking, "d.coordinator")
    assert "cms-dqm-runregistry-experts" in reason and not is_free and is_hidden
    assert "Undo" not in words(_filled(asking, "d.coordinator")[1]) and "Undo" in words(_filled(asking)[1])
    *_, is_free, is_hidden, names = _filled(asking)
    assert is_free and not is_hidden and {"tracker", "tracker-pixel"} <= {each.value for each in names}


def test_the_form_shows_what_its_verb_needs(asking: Asking) -> None:
    shown = {
        verb: [f for f, is_off in zip(page.FIELDS, show_fields(verb)[:-2], strict=True) if not is_off]
        for verb in page.VERBS
    }
    assert shown == {verb: list(needs) for verb, (_, needs) in page.VERBS.items()}
    with asking():
        assert fill_admin("/", "", None) == (no_update,) * 7
        assert apply_change(0, "label", "", None) == (no_update,) * 6
        assert keep_mark(0, None, None) == (no_update,) * 5


def test_a_moment_gets_a_name(asking: Asking, small_registry: Registry) -> None:
    with asking("b.expert"):
        done = keep_mark(1, "call-3", "before the reprocessing")
        refused = keep_mark(1, "2024", "")
    assert done[0] == {"sequence": world.now(small_registry)} and "call-3" in words(_filled(asking)[2])
    assert refused[:2] == (no_update, no_update) and "cannot be a label" in words(refused[2])
    with small_registry.reading() as connection:
        assert documents.document(connection, "label", "call-3") is not None


def test_workspaces_are_told_to_programs(asking: Asking, server: Any, small_registry: Registry) -> None:
    _apply(asking, "add-workspace", "higgs", level="PAG")
    told = server.test_client().get("/api/v1/workspaces", headers={here.HEADER: "r.reader"}).json
    assert {"name": "higgs", "level": "PAG", "label": "higgs", "columns": [], "causes": []} in told[
        "workspaces"
    ]
    past = server.test_client().get("/api/v1/workspaces?as_of=1", headers={here.HEADER: "r.reader"}).json
    assert "higgs" not in {each["name"] for each in past["workspaces"]}


def test_a_cause_is_offered_where_its_workspace_certifies(asking: Asking, small_registry: Registry) -> None:
    _apply(asking, "causes", "tracker", causes="SEU")

    def offered(pathname: str) -> list[str]:
        with asking():
            return [each["value"] for each in offer_causes(pathname, None)]

    assert offered("/certify/tracker")[-1] == "SEU" and "SEU" not in offered("/certify/dt")
    assert "SEU" in offered("/certify") and "SEU" in offered("/certify/global") and "SEU" in offered("/")
    with asking():
        assert "SEU" in [each["value"] for each in offer_every_cause("/decide", None)]
        assert offer_every_cause("/", None) is no_update


def test_what_an_import_brought_is_nobodys_to_take_back(asking: Asking, small_registry: Registry) -> None:
    with small_registry.writing() as tx:
        set_document(tx, "workspaces", "offline-local", {"higgs": ["diphoton"]}, IMPORTER)
    past = words(_filled(asking)[1])
    assert "ingest" in past and "Undo" not in past
