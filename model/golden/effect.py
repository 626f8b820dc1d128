"""What an edit would do: the real command, rolled back, with the golden rule on both sides of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from model.authors import Author
from model.commands.verdicts import VerdictEdit, certify
from model.frames import FrameStore
from model.frames.refs import DatasetRef, ref, refs
from model.journal import Transaction
from model.rulebook.book import RuleVersion, golden_rule
from rules.engine import truth


@dataclass(frozen=True)
class Effect:
    """Change of the golden luminosity in 1/pb (negative: lost) and of lumisections, over what was edited."""

    change_invpb: float
    lumisections: int
    rule: str
    reads: bool


def effect(tx: Transaction, edits: Sequence[VerdictEdit], by: Author, *, seen: int) -> Effect | None:
    """Return what certifying would change; None where no golden rule was kept. The caller rolls back.

    Raises:
        RunRegistryError: exactly as the edit itself would be refused.
    """
    names = [(e.run_number, e.dataset) for e in edits]
    return effect_of(tx, names, lambda: certify(tx, edits, by, seen=seen))


def effect_of(tx: Transaction, names: Sequence[tuple[int, str]], act: Callable[[], object]) -> Effect | None:
    """Return what an act on datasets would change; None where no golden rule was kept. The caller rolls back.

    Raises:
        RunRegistryError: exactly as the act itself would be refused.
    """
    rule = golden_rule(tx.connection, tx.head.sequence)
    chosen = [ref(tx.connection, tx.head.sequence, run, name) for run, name in sorted(set(names))]
    before = selected(tx.connection, rule, chosen, tx.head.sequence) if rule else (0.0, 0)
    act()
    if rule is None:
        return None
    after = selected(tx.connection, rule, chosen, tx.head.sequence)
    read = {r.dataset_id for r in refs(tx.connection, tx.head.sequence, rule.text.datasets)}
    reads = all(c.dataset_id in read for c in chosen)
    return Effect(after[0] - before[0], after[1] - before[1], rule.name, reads)


def selected(
    connection: Connection, rule: RuleVersion, chosen: Sequence[DatasetRef], at: int
) -> tuple[float, int]:
    """Return what a rule selects of datasets as of a sequence: recorded luminosity (1/pb) and lumisections."""
    store, wanted = FrameStore(), rule.plan.rule.variables
    frames = store.frames(connection, chosen, wanted, at)
    recorded, _ = store.luminosity(connection, chosen, wanted, at)
    selected = (truth(rule.plan, frames.table, rule.null_policy) == 2) & frames.exists
    return float(recorded[selected].sum()), int(np.sum(frames.lengths[selected]))
