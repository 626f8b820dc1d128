"""What is asked for under a key is done once, whoever is killed or comes at the same time."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any, cast

import pytest

from model.clock import SettableClock
from model.errors import Reused
from model.once import KEPT_S, Once, digest_of
from model.registry import Registry
from tests.model.world import DC, EXPERT, START

DEED = digest_of(b"a deed")


def _do(registry: Registry, once: Once, deeds: list[int]) -> dict[str, Any]:
    with registry.writing() as tx:
        if (kept := once.answered(tx.connection)) is not None:
            return kept
        deeds.append(1)
        answer = {"sequence": tx.head.sequence, "place": len(deeds)}
        once.keep(tx, answer)
        return answer


def test_a_deed_under_a_key_is_done_once_and_answered_alike(registry: Registry) -> None:
    deeds: list[int] = []
    first = _do(registry, Once(DC, "a", DEED), deeds)
    assert _do(registry, Once(DC, "a", DEED), deeds) == first
    assert len(deeds) == 1


def test_without_a_key_it_is_done_each_time(registry: Registry) -> None:
    deeds: list[int] = []
    _do(registry, Once(DC), deeds)
    _do(registry, Once(DC), deeds)
    assert len(deeds) == 2


def test_a_key_is_its_authors_own_and_stands_for_one_deed(registry: Registry) -> None:
    deeds: list[int] = []
    _do(registry, Once(DC, "a", DEED), deeds)
    _do(registry, Once(EXPERT, "a", DEED), deeds)
    assert len(deeds) == 2
    with pytest.raises(Reused, match="“a” was used for another request"):
        _do(registry, Once(DC, "a", digest_of(b"another deed")), deeds)
    assert len(deeds) == 2


def test_a_deed_that_is_undone_by_a_crash_leaves_no_answer(registry: Registry) -> None:
    once = Once(DC, "a", DEED)
    with pytest.raises(RuntimeError), registry.writing() as tx:
        once.keep(tx, {"sequence": 1})
        raise RuntimeError("killed")
    deeds: list[int] = []
    _do(registry, once, deeds)
    assert len(deeds) == 1


def test_of_two_at_once_one_does_it(registry: Registry) -> None:
    deeds: list[int] = []
    answers: list[dict[str, Any]] = []
    together = Barrier(2)

    def one() -> None:
        together.wait()
        answers.append(_do(registry, Once(DC, "a", DEED), deeds))

    both = [Thread(target=one) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert len(deeds) == 1 and answers[0] == answers[1]


def test_an_answer_is_kept_for_more_than_a_day(registry: Registry) -> None:
    deeds: list[int] = []
    clock = cast(SettableClock, registry.clock)
    _do(registry, Once(DC, "a", DEED), deeds)
    clock.at = START + timedelta(hours=25)
    _do(registry, Once(DC, "b", DEED), deeds)
    _do(registry, Once(DC, "a", DEED), deeds)
    assert len(deeds) == 2
    clock.at = START + timedelta(seconds=2 * KEPT_S)
    _do(registry, Once(DC, "c", DEED), deeds)
    _do(registry, Once(DC, "a", DEED), deeds)
    assert len(deeds) == 4
