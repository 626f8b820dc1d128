"""One thing to decide shows every side of it, and none that is settled elsewhere."""

from typing import Any

from components import decide_item
from model.queries.proposals import Proposal
from model.queries.sides import Sides
from model.queries.verdicts import Verdict
from model.ranges import LumisectionRange
from model.vocabulary import Status
from tests.callbacks.drawn import words

FOUND = {
    "kind": "people",
    "run_number": 380001,
    "dataset": "/PromptReco/Collisions2024C/DQM",
    "column": "dt-dt",
    "ranges": [[4, 8]],
    "sentence": "Two persons differ.",
    "at_stake_invpb": 0.5,
    "workspace": "dt",
    "key": "people:380001:…:dt-dt",
}


def verdict(first: int, last: int, status: Status, author: str, comment: str = "") -> Verdict:
    return Verdict(LumisectionRange(first, last), status, "", comment, author, is_person=True, since=3)


def drawn(**more: Any) -> str:
    known = {"counts": (), "overruled": (), "replaced": (), "proposals": (), "history": ()}
    sides = Sides(lumisections=(LumisectionRange(1, 10),), **{**known, **more})
    return " ".join(words(decide_item.item(FOUND, sides, (0, 3, 7))).split())


def offer(first: int, last: int, program: str = "ae") -> Proposal:
    where = (first, 380001, "/PromptReco/Collisions2024C/DQM", "dt-dt", LumisectionRange(first, last))
    return Proposal(*where, Status.BAD, 0.9, program, "1", "odd")


def test_what_was_said_before_is_shown_where_it_counts_no_more() -> None:
    counts = (verdict(1, 5, Status.BAD, "first"), verdict(6, 10, Status.GOOD, "second", "looked"))
    said = drawn(counts=counts, replaced=(verdict(1, 10, Status.BAD, "first"),))
    assert "LS 4–5 counts" in said
    assert "LS 6–8 said before" in said
    assert "counts looked" in said


def test_where_nobody_spoke_it_says_so() -> None:
    assert "Nobody and no rule has spoken here." in drawn()


def test_pieces_of_one_proposal_are_offered_as_one_and_elsewhere_is_left_out() -> None:
    said = drawn(proposals=(offer(4, 5), offer(7, 8), offer(10, 10), offer(4, 6, "other")))
    assert "LS 4–5, 7–8" in said
    assert said.count("accept") == 2
