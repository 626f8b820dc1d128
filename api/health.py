"""How the registry is, over HTTP: its feeds, what of them was refused, and how far the journal is."""

from typing import Any

from pydantic import Field

from api.answers.feeds import Health
from api.contract.noun import Sent, noun
from model import journal
from model.clock import rfc3339, to_us
from model.queries.feeds import count_refusals, feeds, refusals
from model.registry import registry

blueprint = noun("health", tag="events")


class HealthQuery(Sent):
    """How much of it."""

    limit: int = Field(100, ge=1, le=1_000, description="so many refused records, the newest")


@blueprint.get("/health", responses={200: Health})
def read(query: HealthQuery) -> dict[str, Any]:
    """Return each feed with its age, the records that could not be taken, and the journal's head."""
    with registry().reading() as connection:
        ages = feeds(connection, registry().clock())
        found, many = refusals(connection, limit=query.limit), count_refusals(connection)
        head = journal.head(connection)
    return {
        "sequence": head.sequence,
        "journal": {
            "recorded_at": rfc3339(head.recorded_us) if head.sequence else None,
            "hash": head.hash.hex(),
        },
        "feeds": [{"name": f.name, "age": f.age, "state": f.state, "detail": f.detail} for f in ages],
        "refused": many,
        "refusals": [
            {"feed": r.feed, "record": r.record, "reason": r.reason, "at": rfc3339(to_us(r.refused_at))}
            for r in found
        ],
    }
