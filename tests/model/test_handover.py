"""What one shift leaves for the next."""

import pytest

from model.commands.handover import hand_over
from model.errors import Forbidden, Invalid
from model.queries.handover import notes
from model.registry import Registry
from tests.model import world
from tests.model.world import EXPERT, READER, SHIFTER


def said(registry: Registry, at: int | None = None) -> list[tuple[str, str]]:
    with registry.reading() as connection:
        found = notes(connection, world.sequence_of(connection) if at is None else at)
    return [(note.author, note.words) for note in found]


def test_the_newest_note_comes_first_and_the_past_keeps_its_own(registry: Registry) -> None:
    assert said(registry) == []
    with registry.writing() as tx:
        first = hand_over(tx, "  pixel sector 7 is off  ", SHIFTER)
    with registry.writing() as tx:
        hand_over(tx, "back on", EXPERT)
    assert said(registry) == [("b.expert", "back on"), ("a.shifter", "pixel sector 7 is off")]
    assert said(registry, first) == [("a.shifter", "pixel sector 7 is off")]


@pytest.mark.parametrize("words", ["", " \n", "x" * 4_001])
def test_nothing_and_too_much_are_no_note(registry: Registry, words: str) -> None:
    before = world.now(registry)
    with pytest.raises(Invalid), registry.writing() as tx:
        hand_over(tx, words, SHIFTER)
    assert world.now(registry) == before


def test_who_is_on_no_shift_leaves_no_note(registry: Registry) -> None:
    with pytest.raises(Forbidden, match="leave a note for the next shift"), registry.writing() as tx:
        hand_over(tx, "hello", READER)
