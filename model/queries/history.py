"""What happened to a run, newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from model import events
from model.clock import rfc3339, to_us
from model.journal import Entry, entry
from model.ranges import canonical, text
from model.tables import journal

#: what upstream says of a run
_FACTS = (
    events.RunReported,
    events.LumisectionsReported,
    events.LumisectionsChanged,
    events.LuminosityReported,
    events.LateChangeProposed,
)


@dataclass(frozen=True)
class Happening:
    """One event in words; `is_undoable` says that its action can be taken back."""

    sequence: int
    action: int
    at: str
    author: str
    is_person: bool
    what: str
    comment: str
    is_undoable: bool


def history(connection: Connection, run_number: int, at: int, limit: int = 30) -> list[Happening]:
    """Return the last events of a run as of a sequence."""
    query = (
        select(journal)
        .where(journal.c.run_number == run_number, journal.c.sequence <= at)
        .order_by(journal.c.sequence.desc())
        .limit(limit)
    )
    found = [entry(row) for row in connection.execute(query)]
    undone = {e.event.undone_action for e in found if isinstance(e.event, events.VerdictsRestored)}
    answer = _last_answer(found)
    return [_happening(e, undone, answer) for e in found]


def _last_answer(found: Sequence[Entry]) -> Entry | None:
    """Return the answer to a late change upon which upstream said nothing more, of events newest first."""
    answers = [e for e in found if isinstance(e.event, events.LateChangeAnswered)]
    facts = (e for e in found if isinstance(e.event, _FACTS))
    is_last = answers and answers[0].action >= max((e.action for e in facts), default=0)
    return answers[0] if is_last else None


def of_cell(connection: Connection, where: tuple[int, str], column: str, at: int) -> list[Happening]:
    """Return what was said of a column of (run, dataset), and taken back, as of a sequence."""
    run_number, dataset = where
    kinds = (events.VerdictsGiven.kind, events.RulesDecided.kind, events.VerdictsRestored.kind)
    query = (
        select(journal)
        .where(journal.c.run_number == run_number, journal.c.sequence <= at, journal.c.kind.in_(kinds))
        .order_by(journal.c.sequence.desc())
    )
    found = [entry(row) for row in connection.execute(query)]
    undone = {e.event.undone_action for e in found if isinstance(e.event, events.VerdictsRestored)}
    return [_happening(e, undone) for e in found if _concerns(e.event, dataset, column)]


def _concerns(event: events.Event, dataset: str, column: str) -> bool:
    if isinstance(event, events.VerdictsGiven | events.RulesDecided):
        return event.dataset == dataset and any(column in v["columns"] for v in event.verdicts)
    if isinstance(event, events.VerdictsRestored):
        return event.dataset == dataset and any(column == layer["column"] for layer in event.layers)
    return False


def last_action(connection: Connection, run_number: int, author: str, at: int) -> int | None:
    """Return the newest action of verdicts of an author on a run that was not yet undone."""
    for one in history(connection, run_number, at):
        if one.is_undoable and one.author == author:
            return one.action
    return None


def _happening(e: Entry, undone: set[int], answer: Entry | None = None) -> Happening:
    undoable = e is answer or (isinstance(e.event, events.VerdictsGiven) and e.action not in undone)
    at = rfc3339(to_us(e.happened_at))[:16].replace("T", " ")
    return Happening(e.sequence, e.action, at, e.author, e.is_person, words(e), e.comment, undoable)


def words(e: Entry) -> str:
    """Return in a few words what a fact says."""
    event = e.event
    if isinstance(event, events.VerdictsGiven | events.RulesDecided):
        return f"{event.dataset}: {_said(event.verdicts)}"
    if isinstance(event, events.ProposalsMade | events.ProposalsAnswered):
        return f"{event.dataset}: {_proposed(event)}"
    if isinstance(event, events.VerdictsRestored):
        columns = ", ".join(sorted({layer["column"] for layer in event.layers}))
        return f"{event.dataset}: took back {columns}"
    if isinstance(event, _FACTS):
        return _told(e)
    if isinstance(event, events.LateChangeAnswered):
        return f"late change {'accepted' if event.accepted else 'rejected'}"
    if isinstance(event, events.RunAttributesSet):
        return ", ".join(f"{name} {value}" for name, value in event.attributes.items())
    if isinstance(event, events.DatasetCreated):
        return f"{event.dataset} exists"
    if isinstance(event, events.DatasetStateMoved):
        return f"{event.dataset}: {_states(event)}"
    if isinstance(event, events.BitsOverridden):
        return f"{event.dataset}: overrode {', '.join(event.attributes)}"
    return event.kind


def _told(e: Entry) -> str:
    """Return what upstream says of a run in words."""
    event = e.event
    if isinstance(event, events.RunReported):
        return f"{event.source}: {', '.join(sorted(event.attributes))}"
    if isinstance(event, events.LumisectionsReported):
        return f"OMS: {sum(b - a + 1 for a, b in event.lumisections)} lumisections"
    if isinstance(event, events.LumisectionsChanged):
        gone = canonical((a, b) for a, b in event.removed)
        less = f", without {text(gone)}" if gone else ""
        return f"{event.source}: lumisections {text(canonical((a, b) for a, b in event.lumisections))}{less}"
    if isinstance(event, events.LateChangeProposed):
        said = "late change waits again" if e.is_person else f"{event.source} changed it late"
        return f"{said}: {', '.join(event.consequence['kinds']) or 'withdrawn'}"
    if isinstance(event, events.LuminosityReported):
        return f"luminosity from {event.source}"
    return event.kind


def _states(event: events.DatasetStateMoved) -> str:
    by_state: dict[str, list[str]] = {}
    for workspace, state in sorted(event.states.items()):
        by_state.setdefault(state, []).append(workspace)
    return "; ".join(
        f"{', '.join(names) if len(names) <= 4 else f'{len(names)} workspaces'} {state}"
        for state, names in by_state.items()
    )


def _proposed(event: events.ProposalsMade | events.ProposalsAnswered) -> str:
    if isinstance(event, events.ProposalsMade):
        said = [{**p, "columns": [p["column"]]} for p in event.proposals]
        return f"{event.program} {event.version} proposes {_said(said)}"
    many = len(event.proposals)
    what = "1 proposal" if many == 1 else f"{many} proposals"
    return f"{what} {'accepted' if event.accepted else 'rejected'}"


def _said(verdicts: Sequence[Mapping[str, Any]]) -> str:
    parts = []
    for v in verdicts[:3]:
        columns = v["columns"]
        named = ", ".join(columns) if len(columns) <= 3 else f"{len(columns)} columns"
        cause = f" ({v['cause']})" if v.get("cause") else ""
        parts.append(f"{named} LS {text(canonical((a, b) for a, b in v['ranges'][:3]))} {v['status']}{cause}")
    more = f" and {len(verdicts) - 3} more" if len(verdicts) > 3 else ""
    return "; ".join(parts) + more


def by_people(connection: Connection, begins: datetime, ends: datetime, at: int) -> list[tuple[int, Happening]]:
    """Return what people did about runs in some hours, the end left out: the run and what, as it happened."""
    query = (
        select(journal)
        .where(journal.c.happened_us >= to_us(begins), journal.c.happened_us < to_us(ends))
        .where(journal.c.sequence <= at, journal.c.is_person, journal.c.run_number.is_not(None))
        .order_by(journal.c.happened_us, journal.c.sequence)
    )
    return [(row.run_number, _happening(entry(row), set())) for row in connection.execute(query)]
