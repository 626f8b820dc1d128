"""What takes back verdicts of persons or rules: what they replaced holds again."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from model import rights
from model.authors import Author
from model.bulk.snapshot import Snapshot
from model.errors import NotOpen, Stale
from model.events import RulesDecided, VerdictsGiven, VerdictsRestored
from model.journal import Entry, Transaction
from model.queries.verdicts import Verdict
from model.ranges import LumisectionRange, Ranges, canonical, intersect
from model.rights import Action
from model.vocabulary import ONLINE, State, workspace_of

Said = VerdictsGiven | RulesDecided
Given = tuple[Entry, Said]


def together(given: Iterable[Entry]) -> Iterator[list[Given]]:
    """Cut an action into pieces of neighbouring facts, each about another dataset."""
    piece: dict[tuple[int, str], Given] = {}
    last = 0
    for one in given:
        event = cast(Said, one.event)
        if piece and (_pair(event) in piece or one.sequence != last + 1):
            yield list(piece.values())
            piece = {}
        piece[_pair(event)], last = (one, event), one.sequence
    if piece:
        yield list(piece.values())


def restored(tx: Transaction, together: Sequence[Given], by: Author | None) -> list[VerdictsRestored]:
    """Return what puts back what verdicts replaced, where nobody spoke since.

    Args:
        by: who must be allowed to give these verdicts; None where that is not asked.

    Raises:
        Stale: later verdicts lie on the same lumisections.
        NotOpen: a workspace has signed off meanwhile.
        Forbidden: `by` could not have given these verdicts.
    """
    # between the first and the last of them nothing else was recorded: these two tell what each of them did
    first, last = together[0][0].sequence, together[-1][0].sequence
    pairs = [_pair(event) for _, event in together]
    touched = {_pair(event): _touched(event) for _, event in together}
    columns = {column for of in touched.values() for column in of}
    before, after, now = (Snapshot(tx.connection, at) for at in (first - 1, last, tx.head.sequence))
    for snapshot in (before, after, now):
        snapshot.load(run for run, _ in pairs)
    if by is not None:
        _require_allowed(now, touched, by)
    mine, current = after.said(pairs, columns), now.said(pairs, columns)
    earlier, under = (
        before.said(pairs, columns),
        (before.overruled(pairs, columns), now.overruled(pairs, columns)),
    )
    found = []
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
        found.append(VerdictsRestored(*pair, one.action, tuple(layers)))
    return found


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


def _pair(event: Said) -> tuple[int, str]:
    return event.run_number, event.dataset


def _touched(event: Said) -> dict[str, Ranges]:
    spans: dict[str, list[LumisectionRange]] = defaultdict(list)
    for verdict in event.verdicts:
        for column in verdict["columns"]:
            spans[column] += [LumisectionRange(first, last) for first, last in verdict["ranges"]]
    return {column: canonical(found) for column, found in spans.items()}


def _require_allowed(now: Snapshot, touched: dict[tuple[int, str], dict[str, Ranges]], by: Author) -> None:
    cells = [(pair, workspace) for pair, of in touched.items() for workspace in _workspaces(of)]
    for (_, name), workspace in cells:
        rights.require(by, Action.EDIT_ONLINE if name == ONLINE else Action.EDIT_OFFLINE, workspace)
    for pair, workspace in cells:
        state = now.dataset(*pair).state_of(workspace)
        if state != State.OPEN:
            raise NotOpen(f"{workspace} of {pair[1]} is {state}, not OPEN.")


def _workspaces(columns: Iterable[str]) -> list[str]:
    return sorted({workspace_of(c) for c in columns})


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
