"""Proposals: outside programs make them, persons answer them; only an answer makes them effective."""

import math
from collections.abc import Sequence

from model import rights
from model.authors import Author
from model.commands.verdicts import VerdictEdit, certify
from model.errors import Invalid, NotFound
from model.events import ProposalsAnswered, ProposalsMade
from model.journal import Transaction
from model.projections.proposals import MOST_ROWS
from model.queries import datasets
from model.queries import proposals as queries
from model.queries.proposals import Proposal
from model.ranges import Ranges, canonical, intersect, text
from model.rights import Action
from model.vocabulary import ONLINE, SETTABLE, workspace_of

_LONGEST_TEXT = 2_000
#: a proposal's earlier rows are cut, so that an event may open more rows than it names
_MOST_RANGES = MOST_ROWS // 4


def propose(tx: Transaction, event: ProposalsMade, by: Author) -> int:
    """Record what a program proposes; the same once more records nothing.

    Returns: the new sequence, or the last one where nothing is new.

    Raises:
        NotFound: no such run or dataset.
        Invalid: unknown column or status, lumisections outside the run, a score that is no number, too much.
        Forbidden: the author may not propose.
    """
    rights.require(by, Action.PROPOSE)
    _require_words(event)
    datasets.dataset(tx.connection, event.run_number, event.dataset)
    known = datasets.columns(tx.connection, event.dataset)
    exist = datasets.lumisections(tx.connection, event.run_number)
    for said in event.proposals:
        if said["column"] not in known:
            raise Invalid(f"{said['column']} is no column of {event.dataset}.")
        spans = _spans(said["ranges"])
        if intersect(spans, exist) != spans:
            raise Invalid(f"Run {event.run_number} does not have all of LS {text(spans)}.")
    return tx.head.sequence if _is_known(tx, event) else tx.record(event, by)


def answer_proposals(
    tx: Transaction, ids: Sequence[int], by: Author, *, accepted: bool, seen: int, comment: str = ""
) -> int:
    """Accept or reject proposals, all or none, as one action; accepted ones become the person's verdicts.

    Raises:
        NotFound: one of them is not open.
        Invalid: there is none.
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
    words = comment.strip() or said
    columns, ranges = (each.column,), ((each.span.first, each.span.last),)
    return VerdictEdit(each.run_number, each.dataset, columns, ranges, each.status.name, "", words)


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


def _is_known(tx: Transaction, event: ProposalsMade) -> bool:
    here = queries.proposals(
        tx.connection,
        tx.head.sequence,
        run_number=event.run_number,
        dataset_name=event.dataset,
        program=event.program,
    )
    held = {(p.column, tuple(p.span), p.status.name, p.score, p.version, p.reason) for p in here}
    wanted = {
        (said["column"], span, said["status"], said.get("score"), event.version, said.get("reason", ""))
        for said in event.proposals
        for span in map(tuple, _spans(said["ranges"]))
    }
    return wanted <= held
