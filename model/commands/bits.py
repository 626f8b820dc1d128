"""One bit, said to have been otherwise than upstream says, for datasets of one run or of many."""

from collections.abc import Sequence
from dataclasses import dataclass

from model import rights
from model.authors import Author
from model.commands.upstream import override_bits
from model.commands.verdicts import require_seen
from model.errors import Invalid, Stale
from model.journal import Transaction
from model.queries import bits, datasets
from model.ranges import Ranges, canonical, intersect, text
from model.rights import Action

MOST_DATASETS = 2_000


@dataclass(frozen=True)
class BitOverride:
    """What a bit was; without ranges every lumisection of each run is meant.

    Args:
        value: None withdraws what was overridden: the bit is again what OMS says.
    """

    bit: str
    value: bool | None
    ranges: tuple[tuple[int, int], ...] = ()


def override_bit(
    tx: Transaction,
    chosen: Sequence[tuple[int, str]],
    said: BitOverride,
    by: Author,
    *,
    seen: int,
    comment: str,
) -> int:
    """Say what a bit was for (run, dataset) pairs, all or none, as one action; upstream's value is kept.

    Args:
        seen: the sequence the author was looking at.

    Raises:
        NotFound: no such run or dataset.
        Invalid: nothing or too much chosen, unknown bit, lumisections outside the run, no reason, or nothing to
            withdraw.
        Stale: somebody else overrode the same lumisections after `seen`.
        Forbidden: the author may not override bits.
    """
    rights.require(by, Action.OVERRIDE_BITS)
    wanted = sorted(set(chosen))
    if not 0 < len(wanted) <= MOST_DATASETS:
        raise Invalid(f"Override a bit of 1 to {MOST_DATASETS:,} datasets at a time, not of {len(wanted):,}.")
    if said.ranges and len(wanted) > 1:
        raise Invalid("Lumisections can be named for one run only; of several, every lumisection is meant.")
    require_seen(seen, tx.head.sequence)
    for run_number, dataset in wanted:
        spans = _spans(tx, run_number, said)
        _require_fresh(tx, (run_number, dataset), (said, spans), by, seen)
        if said.value is None:
            _require_overridden(tx, (run_number, dataset), said.bit, spans)
        told = {said.bit: [(first, last, said.value) for first, last in spans]}
        sequence = override_bits(tx, run_number, dataset, told, by, comment=comment)
    return sequence


def _require_overridden(tx: Transaction, where: tuple[int, str], bit: str, spans: Ranges) -> None:
    known = bits.overrides(tx.connection, *where, tx.head.sequence)
    if not any(one.bit == bit and intersect((one.span,), spans) for one in known):
        raise Invalid(f"Run {where[0]} {where[1]}: nobody overrode {bit} there; there is nothing to withdraw.")


def _spans(tx: Transaction, run_number: int, said: BitOverride) -> Ranges:
    for first, last in said.ranges:
        if first < 1 or last < first:
            raise Invalid(f"[{first}, {last}] is no lumisection range: it is reversed or begins before 1.")
    found = canonical(said.ranges) or datasets.lumisections(tx.connection, run_number)
    if not found:
        raise Invalid(f"Run {run_number} has no lumisection yet.")
    return found


def _require_fresh(
    tx: Transaction, where: tuple[int, str], what: tuple[BitOverride, Ranges], by: Author, seen: int
) -> None:
    said, spans = what
    for one in bits.overrides(tx.connection, *where, tx.head.sequence):
        is_theirs = one.sequence > seen and one.author != by.name
        if one.bit == said.bit and is_theirs and (both := intersect((one.span,), spans)):
            raise Stale(
                f"Run {where[0]} {where[1]}: meanwhile {one.author} set {one.bit} LS {text(both)} to "
                f"{str(one.value).lower()}. Nothing was written.",
                (),
            )
