"""Proposals: outside programs make them, persons answer them; only an answer makes them effective."""

import math
from collections.abc import Sequence

from model import rights
from model.authors import Author
from model.commands.verdicts import VerdictEdit, certify, require_seen
from model.errors import Invalid, NotFound
from model.events import ProposalsAnswered, ProposalsMade
from model.journal import Transaction
from model.projections.proposals import MOST_ROWS
from model.queries import datasets
from model.queries import proposals as queries
from model.queries.proposals import Proposal
from model.ranges import Ranges, canonical, intersect, subtract, text, union
from model.rights import Action
from model.vocabulary import ONLINE, SETTABLE, Status, workspace_of

_LONGEST_TEXT = 2_000
#: a proposal's earlier rows are cut, so that an event may open more rows than it names
_MOST_RANGES = MOST_ROWS // 4


def propose(tx: Transaction, event: ProposalsMade, by: Author) -> int:
    """Record what a program proposes; what it proposed already, open or answered, is not recorded again.

    Returns: the new sequence, or the last one where nothing is new.

    Raises:
        NotFound: no such run or dataset.
        Invalid: unknown column or status, lumisections outside the run, a score that is no number, too much,
            or twice the same lumisections.
        Forbidden: the author may not propose.
    """
    rights.require(by, Action.PROPOSE)
    _require_words(event)
    datasets.dataset(tx.connection, event.run_number, event.dataset)
    known = datasets.columns(tx.connection, event.dataset)
    exist = datasets.lumisections(tx.connection, event.run_number)
    spoken: dict[str, Ranges] = {}
    for said in event.proposals:
        column, spans = said["column"], _spans(said["ranges"])
        if column not in known:
            raise Invalid(f"{column} is no column of {event.dataset}.")
        if intersect(spans, exist) != spans:
            raise Invalid(f"Run {event.run_number} does not have all of LS {text(spans)}.")
        if twice := intersect(spans, spoken.get(column, ())):
            raise Invalid(f"{event.program} proposes {column} LS {text(twice)} twice at a time.")
        spoken[column] = union(spans, spoken.get(column, ()))
    fresh = _fresh(tx, event)
    return tx.record(fresh, by) if fresh.proposals else tx.head.sequence


def answer_proposals(
    tx: Transaction, ids: Sequence[int], by: Author, *, accepted: bool, seen: int, comment: str = ""
) -> int:
    """Accept or reject proposals, all or none, as one action; accepted ones become the person's verdicts.

    Raises:
        NotFound: one of them is not open.
        Invalid: there is none, or accepted ones contradict each other.
        Forbidden, NotOpen, Stale: as if the person had certified the same.
    """
    if not ids:
        raise Invalid("There is no proposal to answer.")
    found = queries.by_id(tx.connection, list(dict.fromkeys(ids)), tx.head.sequence)
    gone = [each for each in ids if each not in found]
    if gone:
        raise NotFound(f"Proposal {gone[0]} is not open: somebody answered it, or its program replaced it.")
    for each in found.values():
        action = Action.EDIT_ONLINE if each.dataset == ONLINE else Action.EDIT_OFFLINE
        rights.require(by, action, workspace_of(each.column))
    require_seen(seen, tx.head.sequence)
    if accepted:
        _require_agreement(list(found.values()))
    by_dataset: dict[tuple[int, str], list[int]] = {}
    for each in found.values():
        by_dataset.setdefault((each.run_number, each.dataset), []).append(each.id)
    for where, some in sorted(by_dataset.items()):
        tx.record(ProposalsAnswered(*where, tuple(sorted(some)), accepted), by, comment=comment)
    if accepted:
        certify(tx, [_edit(each, comment) for each in found.values()], by, seen=seen)
    return tx.head.sequence


def _edit(each: Proposal, comment: str) -> VerdictEdit:
    said = f"{each.program} {each.version}" + (f": {each.reason}" if each.reason else "")
    mine = f" | {comment.strip()}" if comment.strip() else ""
    room = _LONGEST_TEXT - len(mine)
    words = f"{said if len(said) <= room else f'{said[: max(room - 1, 0)]}…'}{mine}"
    columns, ranges = (each.column,), ((each.span.first, each.span.last),)
    return VerdictEdit(each.run_number, each.dataset, columns, ranges, each.status.name, "", words)


def _require_agreement(found: Sequence[Proposal]) -> None:
    in_order = sorted(found, key=lambda p: (p.run_number, p.dataset, p.column, p.span))
    reach: dict[tuple[int, str, str], Proposal] = {}
    for each in in_order:
        cell = (each.run_number, each.dataset, each.column)
        before = reach.get(cell)
        if before is None or each.span.first > before.span.last:
            reach[cell] = each
            continue
        if before.status is not each.status:
            raise Invalid(
                f"{before.program} proposes {before.status.name} and {each.program} {each.status.name} for "
                f"{each.column} LS {each.span}: accept one of them."
            )
        if each.span.last > before.span.last:
            reach[cell] = each


def _require_words(event: ProposalsMade) -> None:
    if not event.program.strip() or not event.version.strip():
        raise Invalid("A proposal names its program and its version.")
    if not event.proposals or sum(len(said["ranges"]) for said in event.proposals) > _MOST_RANGES:
        raise Invalid(f"Propose 1 to {_MOST_RANGES} ranges at a time.")
    statuses = {status.name for status in SETTABLE}
    texts = [event.program, event.version, *(str(said.get("reason", "")) for said in event.proposals)]
    if max(map(len, texts)) > _LONGEST_TEXT:
        raise Invalid(f"Program, version and reason have at most {_LONGEST_TEXT} characters.")
    for said in event.proposals:
        score = said.get("score")
        if said["status"] not in statuses:
            raise Invalid(f"“{said['status']}” is no status; {', '.join(sorted(statuses))} are.")
        if score is not None and not math.isfinite(score):
            raise Invalid("A score is a number, or left out.")


def _spans(ranges: Sequence[tuple[int, int]]) -> Ranges:
    for first, last in ranges:
        if first < 1 or last < first:
            raise Invalid(f"[{first}, {last}] is no lumisection range: it is reversed or begins before 1.")
    if not ranges:
        raise Invalid("A proposal names lumisections.")
    return canonical((first, last) for first, last in ranges)


def _fresh(tx: Transaction, event: ProposalsMade) -> ProposalsMade:
    """Return what of an event its program did not say last."""
    last = queries.last_words(tx.connection, (event.run_number, event.dataset), event.program, tx.head.sequence)
    new = []
    for said in event.proposals:
        word = (Status[said["status"]], said.get("score"), event.version, said.get("reason", ""))
        same = canonical(span for span, held in last.get(said["column"], ()) if held == word)
        if left := subtract(_spans(said["ranges"]), same):
            new.append({**said, "ranges": [list(span) for span in left]})
    fresh = ProposalsMade(event.run_number, event.dataset, event.program, event.version, tuple(new))
    _require_room(tx, fresh)
    return fresh


def _require_room(tx: Transaction, event: ProposalsMade) -> None:
    """Let through what opens few enough rows, the cut rest of what it replaces included."""
    spoken: dict[str, Ranges] = {}
    for said in event.proposals:
        spoken[said["column"]] = union(_spans(said["ranges"]), spoken.get(said["column"], ()))
    still = queries.proposals(
        tx.connection,
        tx.head.sequence,
        run_number=event.run_number,
        dataset_name=event.dataset,
        program=event.program,
    )
    rest = [p for p in still if intersect((p.span,), spoken.get(p.column, ()))]
    many = sum(map(len, spoken.values())) + sum(len(subtract((p.span,), spoken[p.column])) for p in rest)
    if many > MOST_ROWS:
        raise Invalid(f"This would leave {many:,} pieces of proposals, {MOST_ROWS:,} at most: propose less.")
