"""Undo: take back one action of verdicts, moves, duplicates or bits as a unit; what it replaced holds again."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from sqlalchemy import select

from model import rights
from model.authors import Author
from model.bulk.snapshot import Snapshot
from model.commands import undo_deeds
from model.errors import Invalid, NotFound, NotOpen, Stale
from model.events import RulesDecided, VerdictsGiven, VerdictsRestored
from model.journal import Entry, Transaction, entry
from model.queries.verdicts import Verdict
from model.ranges import LumisectionRange, Ranges, canonical, intersect
from model.rights import Action
from model.tables import journal
from model.vocabulary import ONLINE, State, workspace_of


def undo(tx: Transaction, action: int, by: Author, *, comment: str = "") -> int:
    """Take back an action of verdicts, moves, duplicates or bits; a duplicate goes out of sight.

    Args:
        action: the sequence of its first event.

    Raises:
        NotFound: no such action.
        Invalid: the action did something else.
        Stale: later verdicts lie on the same lumisections, or a dataset was moved or its bit overridden.
        NotOpen: a workspace has signed off meanwhile.
        Forbidden: the author could not have given these verdicts.
    """
    rows = tx.connection.execute(select(journal).where(journal.c.action == action).order_by(journal.c.sequence))
    told = [entry(row) for row in rows]
    if not told:
        raise NotFound(f"There is no action {action} in the journal.")
    # what rules derived from it follows by itself
    given = [one for one in told if not isinstance(one.event, RulesDecided)]
    if not given or not all(isinstance(one.event, VerdictsGiven) or undo_deeds.is_deed(one) for one in given):
        raise Invalid(f"Action {action} is not one of verdicts: it cannot be undone here.")
    verdicts = [one for one in given if isinstance(one.event, VerdictsGiven)]
    # a duplicate loses its verdicts before it goes out of sight
    for together in _together(verdicts):
        sequence = tx.record_verdicts(_restored(tx, together, by), by, comment=comment or f"undo {action}")
    for one in given:
        if undo_deeds.is_deed(one):
            sequence = tx.record(undo_deeds.reverse(tx, one, by), by, comment=comment or f"undo {action}")
    return sequence


_Given = tuple[Entry, VerdictsGiven]


def _together(given: Iterable[Entry]) -> Iterator[list[_Given]]:
    """Cut an action into pieces of neighbouring facts, each about another dataset."""
    piece: dict[tuple[int, str], _Given] = {}
    last = 0
    for one in given:
        event = cast(VerdictsGiven, one.event)
        if piece and (_pair(event) in piece or one.sequence != last + 1):
            yield list(piece.values())
            piece = {}
        piece[_pair(event)], last = (one, event), one.sequence
    if piece:
        yield list(piece.values())


def _restored(tx: Transaction, together: Sequence[_Given], by: Author) -> list[VerdictsRestored]:
    # between the first and the last of them nothing else was recorded: these two tell what each of them did
    first, last = together[0][0].sequence, together[-1][0].sequence
    pairs = [_pair(event) for _, event in together]
    touched = {_pair(event): _touched(event) for _, event in together}
    columns = {column for of in touched.values() for column in of}
    before, after, now = (Snapshot(tx.connection, at) for at in (first - 1, last, tx.head.sequence))
    for snapshot in (before, after, now):
        snapshot.load(run for run, _ in pairs)
    for pair in pairs:
        _require_allowed(now, pair, touched[pair], by)
    mine, current = after.said(pairs, columns), now.said(pairs, columns)
    earlier, under = (
        before.said(pairs, columns),
        (before.overruled(pairs, columns), now.overruled(pairs, columns)),
    )
    restored = []
    for one, event in together:
        pair = _pair(event)
        for column, spans in touched[pair].items():
            if _clip(mine[pair].get(column, ()), spans) != _clip(current[pair].get(column, ()), spans):
                raise Stale(f"Later verdicts lie on {column} of run {event.run_number}: undo those first.", ())
        layers = [
            _layer(
                one, column, spans, earlier[pair].get(column, ()), under[one.is_person][pair].get(column, ())
            )
            for column, spans in touched[pair].items()
        ]
        restored.append(VerdictsRestored(*pair, one.action, tuple(layers)))
    return restored


def _layer(
    one: Entry, column: str, spans: Ranges, before: Sequence[Verdict], under: Sequence[Verdict]
) -> dict[str, object]:
    # What rules said under a person's word meanwhile is not part of the person's action: it stays.
    ruled = () if one.is_person else [v for v in before if not v.is_person]
    return {
        "column": column,
        "ranges": [list(span) for span in spans],
        "person": _said((v for v in before if v.is_person), spans),
        "rule": _said([*ruled, *under], spans),
    }


def _pair(event: VerdictsGiven) -> tuple[int, str]:
    return event.run_number, event.dataset


def _touched(event: VerdictsGiven) -> dict[str, Ranges]:
    spans: dict[str, list[LumisectionRange]] = defaultdict(list)
    for verdict in event.verdicts:
        for column in verdict["columns"]:
            spans[column] += [LumisectionRange(first, last) for first, last in verdict["ranges"]]
    return {column: canonical(found) for column, found in spans.items()}


def _require_allowed(now: Snapshot, pair: tuple[int, str], touched: dict[str, Ranges], by: Author) -> None:
    dataset = now.dataset(*pair)
    action = Action.EDIT_ONLINE if dataset.name == ONLINE else Action.EDIT_OFFLINE
    for workspace in sorted({workspace_of(c) for c in touched}):
        rights.require(by, action, workspace)
        if dataset.state_of(workspace) != State.OPEN:
            raise NotOpen(f"{workspace} of {dataset.name} is {dataset.state_of(workspace)}, not OPEN.")


def _clip(found: Iterable[Verdict], spans: Ranges) -> list[tuple[LumisectionRange, object]]:
    return [
        (part, (v.status, v.cause, v.comment, v.author, v.is_person))
        for v in found
        for part in intersect((v.span,), spans)
    ]


def _said(found: Iterable[Verdict], spans: Ranges) -> list[list[object]]:
    return [
        [part.first, part.last, v.status.name, v.cause, v.comment, v.author]
        for v in found
        for part in intersect((v.span,), spans)
    ]
