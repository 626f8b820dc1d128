"""How far each workspace is with a cycle."""

from sqlalchemy import Connection

from model.queries.cycles import cycles, progress
from model.report.report import Table, count, invpb, percent, share, table, words
from model.vocabulary import DEFAULT_SOURCE


def by_workspace(connection: Connection, name: str, at: int) -> Table:
    """Return what each workspace has signed off of a cycle as of a sequence, and what is left."""
    (cycle,) = [each for each in cycles(connection, at) if each.name == name]
    rows = [
        (each.workspace, each.work, each.done, share(each.done, each.work), each.left_invpb)
        for each in progress(connection, cycle, at)
        if each.work
    ]
    columns = (
        words("workspace", "workspace"),
        count("datasets", "datasets"),
        count("done", "signed off"),
        percent("done", "signed off"),
        invpb("left", "left"),
    )
    state = "closed" if cycle.is_closed else "open"
    note = (
        f"Its deadline is {cycle.deadline}; it is {state}. What is not significant for a workspace is no work."
    )
    return table("progress", "Progress of the cycle by workspace", columns, rows, DEFAULT_SOURCE, note)
