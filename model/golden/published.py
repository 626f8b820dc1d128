"""The difference to a list from outside, of which no rule and no history is known here.

What it has and the registry has not belongs to the first clause that keeps it out, or to what the registry does
not have: the run, a dataset of it, the lumisection. What the registry has besides belongs to the list, which
does not have it though every clause is passed. Luminosity is the registry's, on both sides.
"""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from sqlalchemy import Connection

from model.frames.frames import Frames
from model.golden import lists
from model.golden.attributed import Attributed, Cause, Kind, Side
from model.golden.causes import Part, attributed
from model.golden.golden import GoldenRoom, Question
from model.golden.updates import Recorded
from model.queries import documents, luminosities, runs
from model.ranges import Ranges, canonical, count, intersect, subtract
from rules.engine import AtomCache, truths
from rules.explain import clause
from rules.unknown import TRUE, UNKNOWN

LISTS = "certification-list"


def published(connection: Connection, name: str, at: int) -> dict[int, Ranges] | None:
    """Return a certification list from outside as it was kept at a sequence; None where none was."""
    found = documents.document(connection, LISTS, name, at)
    if found is None:
        return None
    return {int(run): canonical((first, last) for first, last in spans) for run, spans in found.items()}


def difference_to(
    connection: Connection, room: GoldenRoom, named: tuple[str, Mapping[int, Ranges]], after: Question
) -> Attributed:
    """Return what differs between a list from outside, under its name, and the list of a question, by cause.

    Raises:
        NotFound, Ambiguous, Invalid: as the question would be refused.
    """
    (name, outside), golden = named, room.golden(connection, after)
    recorded, _ = luminosities.integrated(connection, outside, after.source, after.at)
    sides = (
        Side(name, lists.size(outside), recorded),
        Side(after.name, golden.lumisections, golden.recorded_invpb),
    )
    lost, gained = _only(outside, golden.lists), _only(golden.lists, outside)
    lumi = Recorded(connection, sorted({*lost, *gained}), after.source, after.at)
    besides = Cause(Kind.PUBLISHED, f"every clause is passed; {name} does not have it")
    parts = [*_parts(_kept_out(connection, room, lost, after), lumi, -1)]
    parts += _parts(((run, spans, besides) for run, spans in gained.items()), lumi, 1)
    apart = lists.size(lost) + lists.size(gained)
    return attributed(sides, after.source, apart, parts)


#: a run, lumisections of it, and why they are in one list only
_Found = tuple[int, Ranges, Cause]


def _only(one: Mapping[int, Ranges], other: Mapping[int, Ranges]) -> dict[int, Ranges]:
    found = {run: subtract(spans, other.get(run, ())) for run, spans in one.items()}
    return {run: spans for run, spans in found.items() if spans}


def _parts(found: Iterable[_Found], lumi: Recorded, way: int) -> Iterator[Part]:
    for run, spans, cause in found:
        for span in spans:
            yield run, span, way * count((span,)), way * lumi.sum(run, span), cause


def _kept_out(
    connection: Connection, room: GoldenRoom, lost: Mapping[int, Ranges], question: Question
) -> Iterator[_Found]:
    """Yield what keeps each lumisection out; what several datasets keep out belongs to the first of them."""
    chosen, plan = question.chosen(connection), question.rule.plan
    frames = room.frames.frames(connection, chosen, plan.rule.variables, question.at)
    left = dict(lost)
    for run, spans, cause in _by_clause(frames, question, lost):
        here = intersect(left[run], spans)
        left[run] = subtract(left[run], here)
        yield run, here, cause
    with_dataset = {ref.run_number for ref in chosen}
    known = {run.run_number for run in runs.runs(connection, question.at, sorted(left))}
    for run, spans in left.items():
        words = "no such lumisection" if run in with_dataset else f"no dataset {question.pattern} of the run"
        yield run, spans, Cause(Kind.ABSENT, f"in the registry: {words if run in known else 'no such run'}")


def _by_clause(frames: Frames, question: Question, wanted: Mapping[int, Ranges]) -> Iterator[_Found]:
    """Yield by dataset of some runs, and by clause, what the clause is the first to keep out."""
    plan, atoms = question.rule.plan, frames.cache.setdefault("atoms", AtomCache())
    said = truths(plan, plan.clauses, frames.table, question.rule.null_policy, atoms)
    first = np.full(frames.table.rows, -1, dtype=np.int64)
    for place, answer in reversed(list(enumerate(said))):
        first[answer != TRUE] = 2 * place + (answer[answer != TRUE] == UNKNOWN)
    asked = np.array([unit.run.run_number in wanted for unit in frames.units], dtype=np.bool_)
    here = asked[frames.unit_of_segment] & frames.exists & (first >= 0)
    found: list[tuple[int, int, Ranges]] = []
    for code in np.unique(first[here]).tolist():
        found += [(unit, code, spans) for unit, spans in frames.ranges(here & (first == code)).items()]
    for unit, code, spans in sorted(found):
        words = clause(plan.clauses[code // 2]).text
        cause = Cause(Kind.RULE, f"{'unknown' if code % 2 else 'not passed'}: {words}")
        yield frames.units[unit].run.run_number, spans, cause
