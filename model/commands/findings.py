"""Answers to findings of the sentinel: acknowledge one, take that back, or override the bits it doubts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from model import rights
from model.authors import Author
from model.commands.upstream import override_bits
from model.errors import Forbidden, Invalid, NotFound, Stale
from model.events import DocumentSet
from model.frames.refs import refs
from model.golden.effect import Effect, effect_of
from model.journal import Transaction, sequence_now
from model.queries import datasets, luminosities
from model.queries.acknowledgements import KIND, acknowledgements
from model.rights import Action
from model.rulebook.book import golden_rule
from model.sentinel.finding import OVERRIDABLE
from model.sentinel.findings import Listed, one
from model.sentinel.sentinel import Sentinel
from model.vocabulary import ONLINE

_SHORTEST, _LONGEST = 3, 2_000


def acknowledge(tx: Transaction, key: str, digest: str, by: Author, *, reason: str) -> int:
    """Say that a finding is known and why it may stay; it comes back when it changes.

    Args:
        digest: of the finding that the author looked at.

    Raises:
        NotFound: there is no such finding.
        Stale: it changed meanwhile.
        Invalid: no reason, or it is acknowledged already.
        Forbidden: a program asks, or the author may not in the workspace that owns it.
    """
    found = one(Sentinel(), tx.connection, tx.head.sequence, key)
    _require_person(by, found)
    _require_same(found, digest)
    said = _reason(reason)
    if found.acknowledged is not None:
        raise Invalid(f"{found.acknowledged.author} acknowledged this already: {found.acknowledged.reason}")
    return tx.record(DocumentSet(KIND, key, {"digest": digest}), by, comment=said)


def take_back_acknowledgement(tx: Transaction, key: str, by: Author) -> int:
    """Let a finding stand again that was acknowledged.

    Raises:
        NotFound: there is no such finding, or nobody acknowledged it.
        Forbidden: as for acknowledging it.
    """
    found = one(Sentinel(), tx.connection, tx.head.sequence, key)
    _require_person(by, found)
    if key not in acknowledgements(tx.connection, tx.head.sequence):
        raise NotFound(f"Nobody acknowledged {key}.")
    return tx.record(DocumentSet(KIND, key, None), by)


def correct(tx: Transaction, key: str, digest: str, by: Author, *, value: bool, reason: str) -> int:
    """Override the bits of a finding on its lumisections, in every dataset of the run; OMS's values are kept.

    Returns: the new sequence.

    Raises:
        NotFound: there is no such finding.
        Stale: it changed meanwhile.
        Invalid: no override mends it, the run has no dataset to override bits of, or no reason.
        Forbidden: the author may not override bits.
    """
    rights.require(by, Action.OVERRIDE_BITS)
    finding = _seen(tx, key, digest).finding
    if finding.kind not in OVERRIDABLE:
        raise Invalid(f"No override of a bit mends this. {finding.mend}")
    every = datasets_to_correct(tx.connection, key)
    if not every:
        raise Invalid(f"Run {finding.run_number} has no offline dataset yet whose bits could be overridden.")
    spans = tuple((first, last, value) for first, last in finding.lumisections)
    told = dict.fromkeys(finding.bits, spans)
    for run_number, name in every:
        sequence = override_bits(tx, run_number, name, told, by, comment=_reason(reason))
    return sequence


@dataclass(frozen=True)
class Correction:
    """What overriding the bits of a finding would do.

    Args:
        datasets: those whose bits are overridden, by name.
        lumisections: how many, in each of them.
        recorded_invpb: recorded on them, 1/pb, source OMS.
        golden: change of the golden luminosity of the datasets that its rule reads; None where it reads none.
    """

    datasets: tuple[str, ...]
    lumisections: int
    recorded_invpb: float
    golden: Effect | None


def correction(
    tx: Transaction, key: str, digest: str, by: Author, *, value: bool, reason: str = "not said yet"
) -> Correction:
    """Try out what `correct` would do. The caller rolls back.

    Raises:
        RunRegistryError: exactly as the correction itself would be refused.
    """
    every = datasets_to_correct(tx.connection, key)
    finding = _seen(tx, key, digest).finding
    read = _read_by_golden(tx, every)
    found = effect_of(tx, read, lambda: correct(tx, key, digest, by, value=value, reason=reason))
    spans = {finding.run_number: finding.lumisections}
    recorded, _ = luminosities.integrated(tx.connection, spans)
    names = tuple(name for _, name in every)
    return Correction(names, finding.lumisection_count, recorded, found if read else None)


def _read_by_golden(tx: Transaction, every: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    rule = golden_rule(tx.connection, tx.head.sequence)
    if rule is None:
        return []
    read = {(each.run_number, each.name) for each in refs(tx.connection, tx.head.sequence, rule.text.datasets)}
    return [where for where in every if where in read]


def datasets_to_correct(connection: Connection, key: str) -> list[tuple[int, str]]:
    """Return the datasets, by run and name, whose bits a correction of a finding overrides.

    Raises:
        NotFound: there is no such finding.
    """
    number = one(Sentinel(), connection, sequence_now(connection), key).finding.run_number
    every = datasets.datasets_of(connection, number)
    return [(number, each.name) for each in every if each.name != ONLINE and not each.is_hidden]


def _seen(tx: Transaction, key: str, digest: str) -> Listed:
    found = one(Sentinel(), tx.connection, tx.head.sequence, key)
    _require_same(found, digest)
    return found


def _require_same(found: Listed, digest: str) -> None:
    if found.finding.digest != digest:
        raise Stale(f"{found.finding.key} is not what it was: look at it again. Nothing was written.", ())


def _require_person(by: Author, found: Listed) -> None:
    if not by.is_person:
        raise Forbidden(f"{by.name} is a program: findings are answered by people.")
    rights.require(by, Action.ACKNOWLEDGE_FINDING, found.finding.owner)


def _reason(words: str) -> str:
    if not _SHORTEST <= len(said := words.strip()) <= _LONGEST:
        raise Invalid(f"A reason has {_SHORTEST} to {_LONGEST:,} characters.")
    return said
