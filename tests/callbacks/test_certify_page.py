"""The tabs of Certify: every workspace stands under its level, also one that an administrator made."""

from collections.abc import Callable

from callbacks.certify_page import fill_certify
from model.authors import IMPORTER
from model.commands.documents import set_document
from model.registry import Registry
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import words


def test_a_workspace_stands_under_its_level(
    asking: Asking, small_registry: Registry, triggered_by: Callable[..., None]
) -> None:
    triggered_by("shell-address.pathname")
    with small_registry.writing() as tx:
        set_document(tx, "workspaces", "offline-local", {"higgs": ["higgs"]}, IMPORTER)
        set_document(tx, "workspaces", "levels", {"higgs": "PAG"}, IMPORTER)
    with asking("r.reader"):
        columns, _, tabs, _, asked = fill_certify("/certify/higgs", "", None, None)
    said = words(tabs)
    order = [
        said.index(word)
        for word in ("global", "DPG", "tracker", "POG", "muon", "PAG", "higgs", "coordination", "dc")
    ]
    assert order == sorted(order)
    assert (asked["columns"], columns[-1]["colId"]) == (("higgs-higgs",), "higgs-higgs")
