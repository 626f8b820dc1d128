"""What upstream reports: runs, lumisections, luminosities; recorded once, corrected later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from model import encoding, rights
from model.authors import Author
from model.errors import Invalid
from model.events import BitsOverridden, LuminosityReported, LumisectionsReported, RunReported
from model.journal import Transaction
from model.queries import datasets, luminosities, upstream
from model.ranges import LumisectionRange, Ranges, canonical, intersect, subtract
from model.vocabulary import BITS, FIRST_CMS_RUN, ONLINE

Json = Any
Attributes = Mapping[str, Sequence[tuple[int, int, Json]]]
LONGEST_RUN = 100_000


@dataclass(frozen=True)
class Luminosity:
    """Luminosity of lumisections 1, 2, … of a run in 1/pb, NaN where there is none; pile-up may be empty."""

    source: str
    delivered_invpb: np.ndarray
    recorded_invpb: np.ndarray
    pileup: np.ndarray


def report_run(
    tx: Transaction,
    run_number: int,
    attributes: Mapping[str, Json],
    by: Author,
    *,
    assumed: Sequence[str] = (),
    source: str = "OMS",
    happened_at: datetime | None = None,
) -> int | None:
    """Record attributes of a run that are new or have changed; return the sequence, None where nothing was new.

    Raises:
        Invalid: not a CMS run number.
        Forbidden: the author does not ingest.
    """
    rights.require(by, rights.Action.INGEST)
    if run_number < FIRST_CMS_RUN:
        raise Invalid(f"{run_number} is no CMS run number: they begin at {FIRST_CMS_RUN}.")
    known = upstream.run_attributes(tx.connection, run_number)
    new = {k: v for k, v in attributes.items() if known is None or k not in known or not same(known[k], v)}
    if known is not None and not new:
        return None
    event = RunReported(run_number, new, tuple(a for a in assumed if a in new), source)
    return tx.record(event, by, happened_at=happened_at)


def report_lumisections(
    tx: Transaction,
    run_number: int,
    lumisections: Ranges,
    attributes: Attributes,
    by: Author,
    *,
    happened_at: datetime | None = None,
) -> int | None:
    """Record the lumisections of a run and their bits as the new truth; None where it is the known one.

    Raises:
        Invalid: no lumisection, one outside 1 to 100,000, or a bit on a lumisection that does not exist.
    """
    rights.require(by, rights.Action.INGEST)
    require_lumisections(run_number, lumisections, attributes)
    told = {name: tuple((f, l, v) for f, l, v in spans) for name, spans in attributes.items() if spans}
    if same(upstream.lumisection_facts(tx.connection, run_number), (lumisections, told)):
        return None
    event = LumisectionsReported(run_number, tuple((r.first, r.last) for r in lumisections), told)
    return tx.record(event, by, happened_at=happened_at)


def require_lumisections(run_number: int, lumisections: Ranges, attributes: Attributes) -> None:
    """Let through lumisections that a run can have, and bits that lie on them.

    Raises:
        Invalid: no lumisection, one outside 1 to 100,000, or a bit on a lumisection that does not exist.
    """
    if not lumisections or lumisections[-1].last > LONGEST_RUN:
        raise Invalid(f"Run {run_number}: lumisections must lie within 1 to {LONGEST_RUN}.")
    for name, spans in attributes.items():
        covered = canonical((first, last) for first, last, _ in spans)
        if intersect(covered, lumisections) != covered:
            raise Invalid(f"Run {run_number}: {name} has values where there is no lumisection.")


def report_luminosity(
    tx: Transaction, run_number: int, lumi: Luminosity, by: Author, *, happened_at: datetime | None = None
) -> int | None:
    """Record one source's luminosity of a run; None where it is the known one.

    Raises:
        Invalid: arrays of unequal length.
    """
    rights.require(by, rights.Action.INGEST)
    if lumi.delivered_invpb.shape != lumi.recorded_invpb.shape:
        raise Invalid(f"Run {run_number}: delivered and recorded luminosity differ in length.")
    known = luminosities.luminosity(tx.connection, run_number, lumi.source)
    if known is not None and known.equals(lumi.delivered_invpb, lumi.recorded_invpb, lumi.pileup):
        return None
    written = [encoding.digits(a) for a in (lumi.delivered_invpb, lumi.recorded_invpb, lumi.pileup)]
    return tx.record(LuminosityReported(run_number, lumi.source, *written), by, happened_at=happened_at)


def override_bits(
    tx: Transaction,
    run_number: int,
    dataset: str,
    attributes: Attributes,
    by: Author,
    *,
    comment: str,
    happened_at: datetime | None = None,
) -> int:
    """Say what bits were, for one dataset, over upstream's value; the comment is the reason.

    None is what upstream says: it takes an override away. What was overridden of these bits before stays
    where this says nothing.

    Raises:
        NotFound: no such run or dataset.
        Invalid: unknown bit, lumisection outside the run, or no reason.
        Forbidden: the author may not override bits.
    """
    rights.require(by, rights.Action.OVERRIDE_BITS)
    datasets.dataset(tx.connection, run_number, dataset)
    if dataset == ONLINE:
        raise Invalid("Online a bit is what OMS says it was; an offline dataset can say otherwise.")
    if unknown := [name for name in attributes if name not in BITS]:
        raise Invalid(f"{', '.join(unknown)} is no bit.")
    if len(comment.strip()) < 3:
        raise Invalid("An override of a bit needs a reason of at least 3 characters.")
    existing = datasets.lumisections(tx.connection, run_number)
    for name, spans in attributes.items():
        covered = canonical((first, last) for first, last, _ in spans)
        if intersect(covered, existing) != covered:
            raise Invalid(f"{name}: run {run_number} does not have all of these lumisections.")
    _, own = upstream.lumisection_facts(tx.connection, run_number, dataset)
    told = {name: _beside(own.get(name, ()), spans) for name, spans in attributes.items()}
    event = BitsOverridden(run_number, dataset, told)
    return tx.record(event, by, comment=comment, happened_at=happened_at)


def _beside(own: upstream.Spans, said: Sequence[tuple[int, int, Json]]) -> upstream.Spans:
    # equal neighbours stay apart: each is somebody's word
    covered = canonical((first, last) for first, last, _ in said)
    kept = [
        (part.first, part.last, value)
        for first, last, value in own
        for part in subtract((LumisectionRange(first, last),), covered)
    ]
    overridden = [span for span in said if span[2] is not None]
    return tuple(sorted([*kept, *overridden], key=lambda span: span[0]))


def same(one: Json, other: Json) -> bool:
    """Tell whether two values are written alike."""
    # as bytes: to Python 1 and true are equal
    return encoding.canonical(one) == encoding.canonical(other)
