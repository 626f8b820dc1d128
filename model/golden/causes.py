"""The difference between two golden lists by cause: every lumisection once, every 1/pb accounted for.

Two questions, `before` as of sequence D1 and `after` as of D2, give two lists. Between them stands a walk: the
list as it would have been after D1, after each event of the journal up to D2 in the journal's order, and after
each thing that the second question asks otherwise (see `model.golden.terms`). A rule that is kept anew is an
event of the journal and takes its place there.

A lumisection that is in one of the lists only is attributed to the first step after which it is as in the later
list *and stays so to the end*. Not to the first step that turned it: where a shifter's slip was taken back and
another verdict counts today, the slip explains nothing of today's difference, and to name it would send people
to a verdict that holds no more. Every lumisection that differs turned at least once, so each has one such step,
and one only.

A lumisection in both lists whose recorded luminosity differs is attributed to the last event that changed its
number, as a luminosity update with no lumisections gained or lost. What is gained counts as of D2, what is lost
as of D1: so all parts add up to the difference of the two totals. Luminosity is that of one source.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import Connection, func, select

from model import cache as keys
from model.errors import Invalid
from model.frames.variables import PILEUP
from model.golden.attributed import Attributed, Block, Cause, Side, read
from model.golden.because import Because
from model.golden.golden import Golden, GoldenRoom, Question
from model.golden.lists import size
from model.golden.updates import Recorded, kept_by_both, updates
from model.golden.walk import walk
from model.queries.cycles import KIND as CYCLE
from model.ranges import LumisectionRange, Ranges, subtract, union
from model.tables import registry_document

_ENGINE = 1
#: a run, its lumisections, lumisections gained or lost, the change in 1/pb, and why
Part = tuple[int, LumisectionRange, int, float, Cause]


def difference(connection: Connection, room: GoldenRoom, before: Question, after: Question) -> Attributed:
    """Return what differs between the lists of two questions, by cause.

    Raises:
        NotFound, Ambiguous, Invalid: as either question would be refused.
        Invalid: `before` is later than `after`, or they count in two calibrations.
    """
    if before.at > after.at:
        raise Invalid(
            f"What is compared with, sequence {before.at}, is later than {after.at}: ask the other way round."
        )
    if before.source != after.source:
        raise Invalid(
            f"One list counts in {before.source}, the other in {after.source}: "
            "two calibrations are never subtracted; ask for both in one source."
        )
    if PILEUP in before.rule.plan.rule.variables | after.rule.plan.rule.variables:
        raise Invalid(
            "A rule that reads pile-up changes with every lumisection's luminosity: its lists are compared "
            "as lists, not by cause."
        )
    found = room.golden(connection, before), room.golden(connection, after)
    sides = Side(before.name, *_totals(found[0])), Side(after.name, *_totals(found[1]))
    key = _key(connection, room, before, after)
    if kept := room.cache.get(key):
        return replace(read(kept), before=sides[0], after=sides[1])
    apart = differing(found[0].lists, found[1].lists)
    parts = [*_turned(connection, (before, after), apart), *_updated(connection, (before, after), found)]
    result = attributed(sides, after.source, size(apart), parts)
    room.cache.set(key, result.written())
    return result


def differing(before: Mapping[int, Ranges], after: Mapping[int, Ranges]) -> dict[int, Ranges]:
    """Return the lumisections that are in one of two lists only."""
    found = {}
    for number in sorted({*before, *after}):
        old, new = before.get(number, ()), after.get(number, ())
        if old != new:
            found[number] = union(subtract(old, new), subtract(new, old))
    return found


def attributed(sides: tuple[Side, Side], source: str, apart: int, parts: Iterable[Part]) -> Attributed:
    """Return parts in order, neighbours of one cause joined; `apart` lumisections are in one list only."""
    ordered = sorted(parts, key=lambda part: part[:2])
    causes = sorted({cause for *_, cause in ordered}, key=_in_journal_order)
    place = {cause: number for number, cause in enumerate(causes)}
    blocks: list[Block] = []
    for number, span, change, change_invpb, cause in ordered:
        block = Block(number, *span, change, change_invpb, place[cause])
        if blocks and _continues(blocks[-1], block):
            last = blocks[-1]
            block = last._replace(
                last=block.last,
                change=last.change + change,
                change_invpb=last.change_invpb + change_invpb,
            )
            blocks.pop()
        blocks.append(block)
    return Attributed(*sides, source, apart, tuple(causes), tuple(blocks))


def _continues(last: Block, block: Block) -> bool:
    neighbours = (last.run_number, last.last + 1) == (block.run_number, block.first)
    same_way = (last.change > 0) - (last.change < 0) == (block.change > 0) - (block.change < 0)
    return neighbours and same_way and last.cause == block.cause


def _in_journal_order(cause: Cause) -> tuple[bool, int, str]:
    return cause.sequence is None, cause.sequence or 0, cause.words


def _turned(
    connection: Connection, questions: tuple[Question, Question], apart: Mapping[int, Ranges]
) -> Iterable[Part]:
    before, after = questions
    if not apart:
        return
    found = walk(connection, questions, apart)
    old, new = (Recorded(connection, sorted(apart), before.source, at) for at in (before.at, after.at))
    cut, gained = found.cells.cut, found.listed[found.turns].tolist()
    numbers, causes = found.cells.runs.tolist(), Because(connection, found).causes()
    for place, span in enumerate(map(LumisectionRange, cut.first.tolist(), cut.last.tolist())):
        many, number = span.last - span.first + 1, numbers[place]
        if gained[place]:
            yield number, span, many, new.sum(number, span), causes[place]
        else:
            yield number, span, -many, -old.sum(number, span), causes[place]


def _updated(
    connection: Connection, questions: tuple[Question, Question], lists: tuple[Golden, Golden]
) -> Iterable[Part]:
    before, after = questions
    both = kept_by_both(lists[0].lists, lists[1].lists)
    for number, span, change, cause in updates(connection, both, before.source, (before.at, after.at)):
        yield number, span, 0, change, cause


def _totals(golden: Golden) -> tuple[int, float]:
    return golden.lumisections, golden.recorded_invpb


def _key(connection: Connection, room: GoldenRoom, before: Question, after: Question) -> str:
    """Return a key that names all that the walk reads: both questions, versions of runs, documents' history."""
    kept = registry_document
    query = select(func.max(kept.c.since)).where(kept.c.kind.in_(["rule", CYCLE]), kept.c.since <= after.at)
    documents = connection.execute(query).scalar()
    asked = [
        (
            question.rule.name,
            question.rule.digest,
            question.pattern,
            question.within.document(),
            question.several,
            room.key(connection, question),
        )
        for question in (before, after)
    ]
    return keys.key("causes", _ENGINE, asked, documents, before.at, after.source)
