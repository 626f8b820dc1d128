"""Why a cell is what it is, as the panel tells it."""

from typing import Any

from dash import no_update

from callbacks.why import tell_why
from model.authors import IMPORTER, Author
from model.commands.proposals import propose
from model.events import ProposalsMade
from model.registry import Registry
from tests.browser.small import FIRST, PROMPT
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import words
from tests.model import world


def asked(registry: Registry, number: int, column: str, dataset: str = PROMPT, kind: str = "column") -> Any:
    with registry.reading() as connection:
        sequence = world.sequence_of(connection)
    cell = {"dataset": dataset, "column": column, "kind": kind, "lumisection": number, "sequence": sequence}
    return {"run_number": FIRST, "why": cell}


def test_a_cell_says_whose_word_counts_and_what_it_outranks(asking: Asking, small_registry: Registry) -> None:
    world.give(
        small_registry, world.EXPERT, "dt-dt", [(3, 9)], "BAD", "HV trip", dataset=PROMPT, run_number=FIRST
    )
    with asking():
        said = words(tell_why(asked(small_registry, 7, "dt-dt")))
    assert f"Why, dt-dt of run {FIRST} on LS 7" in said
    assert "on LS 3–9 counts, by b.expert" in said
    assert "is outranked by it, by rule:" in said
    assert "HV trip" in said


def test_what_programs_propose_on_a_lumisection_is_told_with_it(
    asking: Asking, small_registry: Registry
) -> None:
    said = {"column": "dt-dt", "ranges": [[3, 9]], "status": "BAD", "score": 0.93, "reason": "holes"}
    with small_registry.writing() as tx:
        propose(tx, ProposalsMade(FIRST, PROMPT, "autoencoder", "2.1", (said,)), IMPORTER)
    with asking():
        inside = words(tell_why(asked(small_registry, 7, "dt-dt")))
        outside = [tell_why(asked(small_registry, *cell)) for cell in ((10, "dt-dt"), (7, "csc-csc"))]
        outside.append(tell_why(asked(small_registry, 7, "dt-dt", "online")))
    for part in ("Proposed, not effective", "BAD on LS 3–9", "by autoencoder 2.1: holes", "score 0.93"):
        assert part in inside
    assert not [each for each in outside if "Proposed" in words(each)]


def test_a_rule_that_is_not_kept_is_said_to_be_none(asking: Asking, small_registry: Registry) -> None:
    made_up = Author("rule:dcs-bits@1 (illustrative)", is_person=False)
    world.rule_says(small_registry, ["dt-dt"], [(20, 30)], "BAD", dataset=PROMPT, run_number=FIRST, by=made_up)
    with asking():
        assert "This registry keeps no rule “rule:dqm@1”" in words(tell_why(asked(small_registry, 7, "dt-dt")))
        said = words(tell_why(asked(small_registry, 25, "dt-dt")))
    assert "“rule:dcs-bits@1 (illustrative)” is illustrative, made up with the demonstration year" in said


def test_a_lumisection_outside_the_golden_json_says_what_keeps_it_out(
    asking: Asking, small_registry: Registry
) -> None:
    with asking():
        outside = words(tell_why(asked(small_registry, 3, "dt-dt")))
        inside = words(tell_why(asked(small_registry, 30, "dt-dt")))
    assert f"Why not in golden-2024 v1, on {PROMPT}" in outside
    assert "lumisection.oms.bpix_ready = true" in outside
    assert f"Why in golden-2024 v1, on {PROMPT}" in inside


def test_a_bit_is_answered_by_the_dataset_the_golden_rule_reads(
    asking: Asking, small_registry: Registry
) -> None:
    with asking():
        said = words(tell_why(asked(small_registry, 3, "bpix_ready", "online", "bit")))
    assert f"on {PROMPT}" in said


def test_a_lumisection_that_does_not_exist_is_refused_in_a_sentence(
    asking: Asking, small_registry: Registry
) -> None:
    with asking():
        assert "no lumisection 999" in words(tell_why(asked(small_registry, 999, "dt-dt")))
        assert tell_why({"status": "BAD"}) is no_update
