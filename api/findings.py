"""What contradicts itself in a run, over HTTP: read, acknowledge, override the bits in doubt."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from pydantic import Field

from api.answers.common import Recorded
from api.answers.datasets import Overridden
from api.answers.decisions import Findings
from api.contract.noun import AsOf, Sent, noun
from api.contract.reads import reading
from api.contract.writes import write
from identity.here import asker
from model.clock import rfc3339, to_us
from model.commands.findings import acknowledge, correct, correction, take_back_acknowledgement
from model.journal import Transaction
from model.registry import registry
from model.sentinel.finding import WORDS, Kind
from model.sentinel.findings import Listed, Wanted, listed, totals

blueprint = noun("findings", "/findings")


class Asked(AsOf):
    """Which findings, as of when."""

    kind: Kind | None = Field(None, description="of one kind; of all where not given")
    owner: str = Field("", description="of the workspace that answers for them")
    first_run: int | None = Field(None, ge=1)
    last_run: int | None = Field(None, ge=1)
    acknowledged: bool = Field(False, description="also those that somebody acknowledged")
    limit: int = Field(1_000, ge=1, le=100_000, description="so many, those with most luminosity")


class NamedFinding(Sent):
    """A finding by its key."""

    finding: str = Field(description="its key, such as 381484/beam/dc")


class Acknowledged(NamedFinding):
    """A finding that may stay."""

    digest: str = Field(description="of the finding as it was looked at")
    reason: str = Field(description="3 characters at least")


class Corrected(Acknowledged):
    """What the bits of a finding were, on its lumisections, in all datasets of its run."""

    value: bool
    dry_run: bool = Field(False, description="only say what it would do to the golden JSON")


@blueprint.get("", responses={200: Findings})
def read(query: Asked) -> dict[str, Any]:
    """Return findings, most luminosity first, and what each kind of those asked for adds up to."""
    wanted = Wanted(query.kind, query.owner, query.first_run, query.last_run, query.acknowledged)
    with reading(query.as_of) as (connection, at):
        found = [each for each in listed(registry().sentinel, connection, at) if wanted.has(each)]
    kinds = [{**asdict(each), "words": WORDS[each.kind]} for each in totals(found)]
    return {"sequence": at, "kinds": kinds, "findings": [plain(each) for each in found[: query.limit]]}


@blueprint.post("/acknowledge", responses={200: Recorded})
def say_known(body: Acknowledged) -> dict[str, Any]:
    """Acknowledge a finding with a reason; it comes back when it changes."""
    said = (body.finding, body.digest, asker())
    return write(lambda tx: {"sequence": acknowledge(tx, *said, reason=body.reason)})


@blueprint.post("/take-back", responses={200: Recorded})
def take_back(body: NamedFinding) -> dict[str, Any]:
    """Let a finding stand again that was acknowledged."""
    return write(lambda tx: {"sequence": take_back_acknowledgement(tx, body.finding, asker())})


@blueprint.post("/correct", responses={200: Overridden})
def override(body: Corrected) -> dict[str, Any]:
    """Override the bits of a finding in all datasets of its run; OMS's values are kept beside them."""
    said = (body.finding, body.digest, asker())
    if body.dry_run:
        with registry().trying() as tx:
            found = correction(tx, *said, value=body.value, reason=body.reason)
            effect = asdict(found.golden) if found.golden else None
        return {"datasets": len(found.datasets), "lumisections": found.lumisections, "effect": effect}

    def deed(tx: Transaction) -> dict[str, Any]:
        sequence = correct(tx, *said, value=body.value, reason=body.reason)
        return {"sequence": sequence, "action": tx.action or 0}

    return write(deed)


def plain(each: Listed) -> dict[str, Any]:
    """Return a finding as JSON."""
    found, said = each.finding, each.acknowledged
    return {
        **asdict(found),
        "key": found.key,
        "digest": found.digest,
        "words": WORDS[found.kind],
        "mend": found.mend,
        "at_stake_invpb": found.at_stake_invpb,
        "lumisections": [list(span) for span in found.lumisections],
        "since_at": _time(found.since_at),
        "acknowledged": {**asdict(said), "at": _time(said.at)} if said else None,
    }


def _time(at: datetime) -> str:
    return rfc3339(to_us(at))
