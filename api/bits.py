"""Bits over HTTP: what a dataset's bits are, who said otherwise than OMS, and saying so."""

from dataclasses import asdict
from typing import Any

from pydantic import Field

from api.answers.datasets import BitsOfDataset, Overridden
from api.contract.noun import AsOf, Sent, noun
from api.contract.reads import reading
from api.contract.writes import write
from identity.here import asker
from model.commands.bits import BitOverride, override_bit
from model.errors import NotFound
from model.golden.effect import effect_of
from model.journal import Transaction
from model.queries import bits, datasets, upstream
from model.registry import registry

blueprint = noun("bits", "/bits")


class Where(AsOf):
    """Which dataset, as of when."""

    run_number: int = Field(description="OMS run number")
    dataset: str = Field(description="dataset name")


class OfRun(Sent):
    """A dataset of a run."""

    run_number: int
    dataset: str


class Runs(Sent):
    """The datasets of one name in a range of runs, both ends included; hidden ones stay out."""

    first_run: int
    last_run: int
    dataset: str


class OverrideBody(Sent):
    """What a bit was, for datasets named one by one, for a range of runs, or both."""

    bit: str = Field(description="such as bpix_ready")
    value: bool | None = Field(description="null withdraws what was overridden: OMS's value holds again")
    datasets: list[OfRun] = Field(default_factory=list, max_length=2_000)
    runs: Runs | None = None
    ranges: list[tuple[int, int]] = Field(
        default_factory=list, description="[first, last] of one run; without any, all of its lumisections"
    )
    comment: str = Field(description="the reason, 3 characters at least")
    seen: int = Field(description="sequence the author was looking at")
    dry_run: bool = Field(False, description="only say what it would do to the golden JSON")


@blueprint.get("", responses={200: BitsOfDataset})
def read(query: Where) -> dict[str, Any]:
    """Return the bits that hold for a dataset, and its overrides with OMS's own value beside each."""
    with reading(query.as_of, run_number=query.run_number) as (connection, at):
        datasets.dataset(connection, query.run_number, query.dataset, at)
        held = upstream.bits(connection, query.run_number, query.dataset, at)
        said = bits.overrides(connection, query.run_number, query.dataset, at)
    return {"sequence": at, "bits": held, "overrides": [{**asdict(o), "span": list(o.span)} for o in said]}


@blueprint.post("", responses={200: Overridden})
def override(body: OverrideBody) -> dict[str, Any]:
    """Override a bit, or withdraw that, all or none; OMS's value is kept beside it."""
    said = BitOverride(body.bit, body.value, tuple(body.ranges))
    if body.dry_run:
        with registry().trying() as tx:
            chosen = _chosen(tx, body)
            found = effect_of(
                tx,
                chosen,
                lambda: override_bit(tx, chosen, said, asker(), seen=body.seen, comment=body.comment),
            )
        return {"datasets": len(chosen), "effect": asdict(found) if found else None}

    def deed(tx: Transaction) -> dict[str, Any]:
        chosen = _chosen(tx, body)
        sequence = override_bit(tx, chosen, said, asker(), seen=body.seen, comment=body.comment)
        return {"sequence": sequence, "datasets": len(chosen), "action": tx.action or 0}

    return write(deed)


def _chosen(tx: Transaction, body: OverrideBody) -> list[tuple[int, str]]:
    found = [(each.run_number, each.dataset) for each in body.datasets]
    if body.runs is not None:
        span = (body.runs.first_run, body.runs.last_run)
        more = bits.between(tx.connection, *span, body.runs.dataset, tx.head.sequence)
        if not more:
            raise NotFound(f"No run from {span[0]} to {span[1]} has a dataset {body.runs.dataset}.")
        found += more
    return found
