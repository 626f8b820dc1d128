"""What takes back the answer to late changes: what they replaced holds again, and they wait again."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from sqlalchemy import select

from model import encoding, rights
from model.authors import IMPORTER, RULES, Author
from model.commands import undo_verdicts
from model.commands.differences import clipped, numbers_at
from model.errors import Stale
from model.events import (
    Event,
    LateChangeAnswered,
    LateChangeProposed,
    LuminosityReported,
    LumisectionsChanged,
    LumisectionsReported,
    RulesDecided,
    RunAttributesSet,
    RunReported,
)
from model.journal import Entry, Transaction, entry
from model.queries import luminosities, runs, upstream
from model.ranges import canonical, intersect, subtract
from model.rights import Action
from model.tables import journal
from model.vocabulary import DEFAULT_SOURCE, ONLINE

#: whoever says one of these after an answer has built on it
_FACTS = (RunReported, LumisectionsReported, LumisectionsChanged, LuminosityReported, LateChangeProposed)


def take_back(tx: Transaction, given: Sequence[Entry], by: Author, *, comment: str) -> int:
    """Put back what the late changes of one action replaced, verdicts of rules included; they wait again.

    An attribute that the run did not have before is not known again.

    Raises:
        Stale: upstream said more of a run since, or its verdicts are others.
        Forbidden: the author may not answer late changes.
    """
    rights.require(by, Action.ANSWER_LATE_CHANGE)
    pieces = list(_pieces(given))
    proposed = [_proposed(tx, answer) for answer, _ in pieces]
    for each in proposed:
        _require_nothing_since(tx, each, given[-1].sequence)
    for (_, piece), each in reversed(list(zip(pieces, proposed, strict=True))):
        before = piece[0].sequence - 1
        for one in reversed(piece):
            if isinstance(one.event, RulesDecided):
                told = undo_verdicts.restored(tx, [(one, one.event)], None)
                tx.record_verdicts(told, RULES, comment=comment)
            elif (event := _reverse(tx, one.event, before)) is not None:
                tx.record(event, IMPORTER, comment=comment)
        tx.record(each, by, comment=comment)
    return tx.head.sequence


def _pieces(given: Sequence[Entry]) -> Iterator[tuple[LateChangeAnswered, list[Entry]]]:
    """Cut an action into its answers, each with what followed from it."""
    starts = [n for n, one in enumerate(given) if isinstance(one.event, LateChangeAnswered)]
    for start, end in pairwise([*starts, len(given)]):
        answer = given[start].event
        if isinstance(answer, LateChangeAnswered):
            yield answer, list(given[start:end])


def _proposed(tx: Transaction, answer: LateChangeAnswered) -> LateChangeProposed:
    # the id of a late change is the sequence that told it
    row = tx.connection.execute(select(journal).where(journal.c.sequence == answer.late_change)).one()
    event = entry(row).event
    if not isinstance(event, LateChangeProposed):
        raise TypeError(f"{answer.late_change} is no late change")
    return event


def _require_nothing_since(tx: Transaction, proposed: LateChangeProposed, sequence: int) -> None:
    kinds = [event.kind for event in _FACTS]
    query = select(journal).where(journal.c.run_number == proposed.run_number, journal.c.kind.in_(kinds))
    since = map(entry, tx.connection.execute(query.where(journal.c.sequence > sequence)))
    if any(getattr(one.event, "source", DEFAULT_SOURCE) == proposed.source for one in since):
        who = proposed.source
        raise Stale(f"{who} said more of run {proposed.run_number} since, or its late change waits again.", ())


def _reverse(tx: Transaction, event: Event, at: int) -> Event | None:
    """Return what says again what held at a sequence; None for the answer itself."""
    if isinstance(event, RunReported):
        known = upstream.run_attributes(tx.connection, event.run_number, at) or {}
        return RunReported(event.run_number, _as_before(event.attributes, known), source=event.source)
    if isinstance(event, RunAttributesSet):
        known = dict(runs.run(tx.connection, event.run_number, at).registry)
        return RunAttributesSet(event.run_number, _as_before(event.attributes, known))
    if isinstance(event, LuminosityReported):
        return _luminosity(tx, event, at)
    return _lumisections(tx, event, at) if isinstance(event, LumisectionsChanged) else None


def _as_before(told: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    return {name: known.get(name) for name in told}


def _luminosity(tx: Transaction, event: LuminosityReported, at: int) -> LuminosityReported | None:
    known = luminosities.luminosity(tx.connection, event.run_number, event.source, at)
    if known is None:
        return None
    written = [encoding.digits(a) for a in (known.delivered_invpb, known.recorded_invpb, known.pileup)]
    return LuminosityReported(event.run_number, event.source, *written)


def _lumisections(tx: Transaction, event: LumisectionsChanged, at: int) -> LumisectionsChanged:
    existed, facts = upstream.lumisection_facts(tx.connection, event.run_number, ONLINE, at)
    touched = canonical((*event.lumisections, *event.removed))
    told = intersect(touched, existed)
    known = luminosities.luminosity(tx.connection, event.run_number, event.source, at)
    none = np.empty(0)
    arrays = (known.delivered_invpb, known.recorded_invpb, known.pileup) if known else (none, none, none)
    delivered, recorded, pileup = (encoding.digits(numbers_at(values, told)) for values in arrays)
    return LumisectionsChanged(
        event.run_number,
        tuple((first, last) for first, last in told),
        clipped(facts, told),
        event.source,
        delivered,
        recorded,
        pileup,
        tuple((first, last) for first, last in subtract(touched, existed)),
    )
