"""Outside programs propose; nothing is effective before a person accepts it."""

from typing import Any

import pytest

from model import journal, replay
from model.authors import Author
from model.commands.proposals import answer_proposals, propose
from model.db import Database
from model.errors import Forbidden, Invalid, NotFound, NotOpen, Stale
from model.events import ProposalsMade
from model.queries import proposals, verdicts
from model.registry import Registry
from tests.model import world
from tests.model.world import DC, EXPRESS, PROMPT, READER, RUN, TRACKER
from tests.provision.stories import once

PROGRAM = Author("anomalies", False, frozenset({"run-registry-programs"}))
PIXEL = "tracker-pixel"


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    world.report_run(registry, lumisections=[(1, 6), (8, 20)])
    world.create_dataset(registry)
    world.create_dataset(registry, EXPRESS)
    return registry


def say(ranges: Any, status: str = "BAD", column: str = PIXEL, **more: Any) -> dict[str, Any]:
    return {"column": column, "ranges": ranges, "status": status, "score": 0.9, "reason": "odd", **more}


def make(registry: Registry, *said: dict[str, Any], by: Author = PROGRAM, **more: Any) -> int:
    words = {"run_number": RUN, "dataset": PROMPT, "program": "ae", "version": "1.2", **more}
    with registry.writing() as tx:
        return propose(tx, ProposalsMade(**words, proposals=said), by)


def held(registry: Registry, at: int | None = None) -> list[tuple[int, int, str]]:
    with registry.reading() as connection:
        found = proposals.proposals(connection, world.sequence_of(connection) if at is None else at)
    return [(p.span.first, p.span.last, p.status.name) for p in found]


def ids(registry: Registry) -> list[int]:
    with registry.reading() as connection:
        return [p.id for p in proposals.proposals(connection, world.sequence_of(connection))]


def answer(registry: Registry, some: list[int], by: Author = TRACKER, **more: Any) -> int:
    with registry.writing() as tx:
        words = {"accepted": True, "seen": tx.head.sequence, **more}
        return answer_proposals(tx, some, by, **words)


def test_a_proposal_is_never_effective_by_itself(told: Registry) -> None:
    make(told, say([(2, 5)]))
    assert held(told) == [(2, 5, "BAD")]
    assert world.statuses(told, PIXEL) == []


def test_an_accepted_proposal_is_the_verdict_of_who_accepted_it(told: Registry) -> None:
    make(told, say([(2, 5)]), say([(8, 9)], "STANDBY"))
    sequence = answer(told, ids(told))
    assert world.said(told, PIXEL) == [(2, 5, "BAD", "t.certifier"), (8, 9, "STANDBY", "t.certifier")]
    assert held(told) == []
    with told.reading() as connection:
        entries = [e for e in journal.entries(connection) if e.sequence > sequence - 2]
        assert len({e.action for e in entries}) == 1
        assert entries[-1].comment == "ae 1.2: odd"


def test_a_rejected_proposal_changes_no_verdict(told: Registry) -> None:
    make(told, say([(2, 5)]))
    answer(told, ids(told), accepted=False)
    assert (held(told), world.statuses(told, PIXEL)) == ([], [])


def test_what_a_program_says_anew_replaces_what_it_said_there(told: Registry) -> None:
    first = make(told, say([(2, 6)]))
    make(told, say([(4, 5)], "GOOD"))
    assert held(told) == [(2, 3, "BAD"), (4, 5, "GOOD"), (6, 6, "BAD")]
    assert held(told, first) == [(2, 6, "BAD")]
    make(told, say([(2, 6)]), program="another")
    assert len(held(told)) == 4


def test_the_same_proposal_again_records_nothing(told: Registry) -> None:
    first = make(told, say([(2, 6)]))
    assert make(told, say([(2, 6)])) == first


def test_what_a_person_answered_is_not_proposed_again_by_the_same_version(told: Registry) -> None:
    make(told, say([(2, 6)]))
    answer(told, ids(told), accepted=False)
    before = world.now(told)
    assert make(told, say([(2, 6)])) == before
    make(told, say([(2, 6), (8, 9)]))
    assert held(told) == [(8, 9, "BAD")]
    make(told, say([(2, 6)]), version="1.3")
    assert held(told) == [(2, 6, "BAD"), (8, 9, "BAD")]


def test_what_was_accepted_names_its_program_beside_the_persons_words(told: Registry) -> None:
    make(told, say([(2, 5)]), say([(8, 9)], reason="r" * 1_990))
    answer(told, ids(told), comment="seen too")
    with told.reading() as connection:
        at = world.sequence_of(connection)
        short, long = verdicts.of_dataset(connection, RUN, PROMPT, at, [PIXEL])[PIXEL]
    assert short.comment == "ae 1.2: odd | seen too"
    assert len(long.comment) == 2_000
    assert long.comment.startswith("ae 1.2: rrr") and long.comment.endswith("… | seen too")


def test_programs_that_contradict_each_other_are_not_accepted_together(told: Registry) -> None:
    make(told, say([(1, 6)]), say([(8, 12)]))
    make(told, say([(4, 5)], "GOOD"), say([(12, 13)]), program="other")
    before = world.now(told)
    with pytest.raises(Invalid, match="ae proposes BAD and other GOOD for tracker-pixel LS 4–5"):
        answer(told, ids(told))
    assert world.now(told) == before
    with told.reading() as connection:
        found = proposals.proposals(connection, before)
    answer(told, [p.id for p in found if (p.status.name, p.span.first) != ("GOOD", 4)])
    assert world.statuses(told, PIXEL) == [(1, 6, "BAD"), (8, 11, "BAD"), (12, 13, "BAD")]
    answer(told, ids(told), accepted=False)


def test_more_pieces_than_an_event_can_open_are_refused(
    told: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.commands.proposals.MOST_ROWS", 4)
    make(told, say([(8, 20)]))
    before = world.now(told)
    with pytest.raises(Invalid, match="5 pieces of proposals, 4 at most"):
        make(told, say([(10, 10), (12, 12)], "GOOD"))
    assert world.now(told) == before
    make(told, say([(10, 10)], "GOOD"))


def test_agreement_is_kept_per_program(told: Registry) -> None:
    make(told, say([(1, 1)]), say([(2, 2)]), say([(3, 3)]), say([(4, 4)]))
    some = ids(told)
    answer(told, some[:2])
    answer(told, some[2:3], accepted=False)
    before = world.now(told)
    make(told, say([(9, 9)]), program="other")
    with told.reading() as connection:
        mine, other = proposals.agreement(connection, world.sequence_of(connection))
        assert (mine.program, mine.accepted, mine.rejected, mine.open) == ("ae", 2, 1, 1)
        assert mine.share == pytest.approx(2 / 3)
        assert (other.open, other.share) == (1, None)
        assert [a.program for a in proposals.agreement(connection, before)] == ["ae"]


@pytest.mark.parametrize(
    ("said", "more", "refusal"),
    [
        (say([(2, 5)], column="no-column"), {}, Invalid),
        (say([(6, 8)]), {}, Invalid),
        (say([(5, 2)]), {}, Invalid),
        (say([]), {}, Invalid),
        (say([(2, 5)], "EMPTY"), {}, Invalid),
        (say([(2, 5)], score=float("nan")), {}, Invalid),
        (say([(2, 5)], reason="x" * 2001), {}, Invalid),
        (say([(2, 5), (4, 6)]), {"twice": say([(5, 5)], "GOOD")}, Invalid),
        (say([(2, 5)]), {"program": " "}, Invalid),
        (say([(2, 5)]), {"run_number": 1}, NotFound),
        (say([(2, 5)]), {"dataset": "/nowhere"}, NotFound),
        (say([(2, 5)]), {"by": TRACKER}, Forbidden),
    ],
)
def test_a_bad_proposal_is_refused_and_nothing_is_written(
    told: Registry, said: dict[str, Any], more: dict[str, Any], refusal: type[Exception]
) -> None:
    before = world.now(told)
    twice = [more["twice"]] if "twice" in more else []
    with pytest.raises(refusal):
        make(told, said, *twice, **{name: word for name, word in more.items() if name != "twice"})
    assert world.now(told) == before


def test_answers_are_all_or_none(told: Registry) -> None:
    make(told, say([(2, 5)]), say([(2, 5)], column="dt-dt"))
    before = world.now(told)
    with pytest.raises(Forbidden, match="dt"):
        answer(told, ids(told))
    with pytest.raises(Forbidden):
        answer(told, ids(told)[:1], READER)
    with pytest.raises(NotFound):
        answer(told, [*ids(told), 7], DC)
    for some, more in (([], {}), (ids(told), {"seen": -1}), (ids(told), {"seen": 10_000, "accepted": False})):
        with pytest.raises(Invalid):
            answer(told, some, DC, **more)
    assert world.now(told) == before
    answer(told, ids(told), DC)
    with pytest.raises(NotFound):
        answer(told, [1], DC)


def test_an_answer_is_refused_as_an_edit_would_be(told: Registry) -> None:
    seen = make(told, say([(2, 5)]))
    world.give(told, DC, PIXEL, [(3, 3)], "GOOD")
    with pytest.raises(Stale, match=r"d\.coordinator"):
        answer(told, ids(told), seen=seen)
    world.report_run(told, RUN + 1)
    world.create_dataset(told, run_number=RUN + 1, states={"global": "OPEN", "tracker": "SIGNOFF"})
    make(told, say([(2, 5)]), run_number=RUN + 1)
    with pytest.raises(NotOpen):
        answer(told, ids(told)[-1:])


def test_a_replay_gives_the_same_proposals(told: Registry, another: Database) -> None:
    make(told, say([(2, 6)]), say([(8, 12)], "GOOD"))
    make(told, say([(4, 6), (8, 9)], "STANDBY"))
    answer(told, ids(told)[:1])
    with told.reading() as source, another.writing() as target:
        replay.replay(source, target)
        assert list(replay.differences(source, target)) == []
