"""The tabs of Certify: every workspace stands under its level, also one that an administrator made."""

from collections.abc import Callable

from callbacks.certify_page import fill_certify, open_strip
from model.authors import IMPORTER
from model.commands.bits import BitOverride, override_bit
from model.commands.documents import set_document
from model.commands.proposals import propose
from model.events import ProposalsMade
from model.registry import Registry
from tests.browser.small import FIRST, PROMPT
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import parts, told_beside, words
from tests.model import world


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


def test_the_strip_of_a_row_shows_what_is_proposed_and_what_was_overridden(
    asking: Asking, small_registry: Registry
) -> None:
    said = {"column": "tracker-pixel", "ranges": [[4, 8]], "status": "BAD", "score": None, "reason": "holes"}
    with small_registry.writing() as tx:
        propose(tx, ProposalsMade(FIRST, PROMPT, "autoencoder", "2.1", (said,)), IMPORTER)
        override = BitOverride("bpix_ready", False, ((5, 7),))
        override_bit(
            tx, [(FIRST, PROMPT)], override, world.DC, seen=tx.head.sequence, comment="layer 1 was off"
        )
    with asking():
        row = {"run_number": FIRST, "dataset": PROMPT}
        drawn = open_strip({"strip": row}, None, "", {"columns": ["tracker-pixel"]})
    (graph,) = [part for part in parts(drawn) if type(part).__name__ == "Graph"]
    strip = graph.figure.layout.meta["strip"]
    by = [PROMPT, "d.coordinator", "layer 1 was off"]
    assert told_beside(strip) == {
        (PROMPT, "tracker-pixel"): [[4, 8, "BAD", "autoencoder 2.1", None, "holes"]],
        ("bits", "bpix_ready"): [[5, 5, "false", "false", *by], [6, 7, "false", "true", *by]],
    }
    # the bits of one dataset are drawn as they count for it
    (bit,) = [each for each in strip["rows"] if each["key"] == "bpix_ready"]
    drawn_as = [(first, last, strip["codes"][code][2]) for first, last, code, *_ in bit["spans"]]
    assert drawn_as == [(1, 4, "false"), (5, 5, "false"), (6, 7, "false"), (8, 60, "true")]
