"""Proposals into rows: open until a person answers them or their program says something newer there."""

from typing import Any

from sqlalchemy import Connection

from model.events import ProposalsAnswered, ProposalsMade
from model.projections import ranged
from model.projections.dictionary import Dictionary
from model.ranges import LumisectionRange, Ranges, canonical, intersect, subtract
from model.tables import proposal
from model.vocabulary import Status

#: rows that one event may open; its ids are the sequence and the place in it
MOST_ROWS = 10_000
REPLACED, ACCEPTED, REJECTED = "replaced", "accepted", "rejected"


def make(connection: Connection, words: Dictionary, sequence: int, event: ProposalsMade) -> None:
    """Open what a program proposes; what it proposed there before is replaced, the rest of it stays."""
    dataset_id, _ = words.dataset(event.run_number, event.dataset)
    texts = [event.program, event.version]
    ids = words.terms([*texts, *(text for p in event.proposals for text in (p["column"], p.get("reason", "")))])
    spoken: dict[int, Ranges] = {}
    rows: list[dict[str, Any]] = []
    for said in event.proposals:
        column_id, spans = ids[said["column"]], canonical((a, b) for a, b in said["ranges"])
        spoken[column_id] = canonical((*spoken.get(column_id, ()), *spans))
        row = {
            "dataset_id": dataset_id,
            "column_id": column_id,
            "status": Status[said["status"]].value,
            "score": said.get("score"),
            "program_id": ids[event.program],
            "version_id": ids[event.version],
            "reason_id": ids[said.get("reason", "")],
        }
        rows += [{**row, "first": first, "last": last} for first, last in spans]
    rows += _replaced(connection, sequence, (dataset_id, ids[event.program]), spoken)
    opened = [{**row, "id": sequence * MOST_ROWS + n, "since": sequence} for n, row in enumerate(rows)]
    if opened:
        connection.execute(proposal.insert(), opened)


def answer(connection: Connection, sequence: int, event: ProposalsAnswered) -> None:
    """Close the proposals that a person answered."""
    word = ACCEPTED if event.accepted else REJECTED
    old = ranged.current(connection, proposal, id=list(event.proposals))
    _close(connection, sequence, old, word)


def _replaced(
    connection: Connection, sequence: int, of: tuple[int, int], spoken: dict[int, Ranges]
) -> list[dict[str, Any]]:
    where = {"dataset_id": of[0], "program_id": of[1], "column_id": sorted(spoken)}
    old = [
        row
        for row in ranged.current(connection, proposal, **where)
        if intersect((LumisectionRange(row["first"], row["last"]),), spoken[row["column_id"]])
    ]
    _close(connection, sequence, old, REPLACED)
    kept = ("dataset_id", "column_id", "status", "score", "program_id", "version_id", "reason_id")
    return [
        {**{name: row[name] for name in kept}, "first": first, "last": last}
        for row in sorted(old, key=lambda row: row["id"])
        for first, last in subtract((LumisectionRange(row["first"], row["last"]),), spoken[row["column_id"]])
    ]


def _close(connection: Connection, sequence: int, rows: list[ranged.Row], word: str) -> None:
    if rows:
        ids = [row["id"] for row in rows]
        statement = proposal.update().where(proposal.c.id.in_(ids)).values(until=sequence, answer=word)
        connection.execute(statement)
