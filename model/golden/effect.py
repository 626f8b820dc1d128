"""What an edit would do: the real command, rolled back, with the golden rule on both sides of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection

from model.authors import Author
from model.commands.verdicts import VerdictEdit, certify
from model.frames import FrameStore
from model.frames.store import DatasetRef, ref, refs
from model.journal import Transaction
from model.rulebook.book import RuleVersion, golden_rule
from rules.engine import truth
from rules.explain import explain_row


@dataclass(frozen=True)
class Effect:
    """Change of the golden luminosity in 1/pb (negative: lost) and of lumisections, over what was edited."""

    change_invpb: float
    lumisections: int
    rule: str
    reads: bool


@dataclass(frozen=True)
class ClauseAt:
    """One clause of the golden rule on one lumisection: True, False, or None where it cannot be known."""

    text: str
    holds: bool | None
    value: str


def effect(tx: Transaction, edits: Sequence[VerdictEdit], by: Author, *, seen: int) -> Effect | None:
    """Return what certifying would change; None where no golden rule was kept. The caller rolls back.

    Raises:
        RunRegistryError: exactly as the edit itself would be refused.
    """
    rule = golden_rule(tx.connection, tx.head.sequence)
    names = sorted({(e.run_number, e.dataset) for e in edits})
    chosen = [ref(tx.connection, tx.head.sequence, run, name) for run, name in names]
    before = _selected(tx.connection, rule, chosen, tx.head.sequence) if rule else (0.0, 0)
    certify(tx, edits, by, seen=seen)
    if rule is None:
        return None
    after = _selected(tx.connection, rule, chosen, tx.head.sequence)
    read = {r.dataset_id for r in refs(tx.connection, tx.head.sequence, rule.text.datasets)}
    reads = all(c.dataset_id in read for c in chosen)
    return Effect(after[0] - before[0], after[1] - before[1], rule.name, reads)


def clauses_at(
    connection: Connection, run_number: int, dataset: str, lumisection: int, at: int
) -> list[ClauseAt]:
    """Return every clause of the golden rule on one lumisection of a dataset, failing ones first.

    Raises:
        NotFound: no such dataset.
    """
    rule = golden_rule(connection, at)
    if rule is None:
        return []
    chosen = ref(connection, at, run_number, dataset)
    frames = FrameStore().frames(connection, [chosen], rule.plan.rule.variables, at)
    row = frames.segment_at(0, lumisection)
    trace = explain_row(rule.plan, frames.table, row, rule.null_policy)
    parts = trace.children or (trace,)
    found = [ClauseAt(p.text, {0: False, 1: None, 2: True}[p.truth], _values(p.inputs)) for p in parts]
    return sorted(found, key=lambda c: (c.holds is True, c.holds is None))


def _values(inputs: Mapping[str, Any]) -> str:
    return ", ".join(
        "unknown" if v is None else str(v).lower() if isinstance(v, bool) else str(v) for v in inputs.values()
    )


def _selected(
    connection: Connection, rule: RuleVersion, chosen: Sequence[DatasetRef], at: int
) -> tuple[float, int]:
    store, wanted = FrameStore(), rule.plan.rule.variables
    frames = store.frames(connection, chosen, wanted, at)
    recorded, _ = store.luminosity(connection, chosen, wanted, at)
    selected = (truth(rule.plan, frames.table, rule.null_policy) == 2) & frames.exists
    return float(recorded[selected].sum()), int(np.sum(frames.lengths[selected]))
