"""Late changes into rows: at most one of a run is open; it is answered, replaced or withdrawn."""

from sqlalchemy import Connection

from model import encoding
from model.events import LateChangeAnswered, LateChangeProposed
from model.tables import late_change

ACCEPTED, REJECTED, REPLACED, WITHDRAWN = "accepted", "rejected", "replaced", "withdrawn"


def propose(connection: Connection, sequence: int, event: LateChangeProposed) -> None:
    """Open a late change in the place of the one that was open; an empty one only closes that."""
    is_empty = not event.attributes and not event.change
    table = late_change
    open_ones = table.update().where(table.c.run_number == event.run_number, table.c.until.is_(None))
    connection.execute(open_ones.values(until=sequence, answer=WITHDRAWN if is_empty else REPLACED))
    if is_empty:
        return
    document = {"attributes": event.attributes, "change": event.change, "consequence": event.consequence}
    row = {
        "id": sequence,
        "run_number": event.run_number,
        "since": sequence,
        "likeness": likeness(event),
        "document": encoding.canonical(document).decode(),
    }
    connection.execute(table.insert(), row)


def answer(connection: Connection, sequence: int, event: LateChangeAnswered) -> None:
    """Close a late change with what a person said."""
    word = ACCEPTED if event.accepted else REJECTED
    one = late_change.update().where(late_change.c.id == event.late_change)
    connection.execute(one.values(until=sequence, answer=word))


def likeness(event: LateChangeProposed) -> str:
    """Return what kind of change it is: those that change the same things in the same way are alike."""
    return ", ".join(event.consequence["kinds"])
