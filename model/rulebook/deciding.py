"""What a selection or a decision list says of every segment of some datasets."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from model.frames import FrameStore
from model.frames.frames import Frames
from model.frames.refs import DatasetRef
from model.rulebook.book import RuleVersion
from model.rulebook.texts import OF_RUNS, Purpose
from rules.decisions import NO_VALUE, OPEN, Choice, Decisions, decide
from rules.engine import AtomCache
from rules.unknown import NullPolicy

SELECTED = "selected"
__all__ = ["NO_VALUE", "OPEN", "SELECTED", "Said", "say", "say_on", "wanted"]


@dataclass(frozen=True)
class Said:
    """Segments of datasets with what the lines gave each of them.

    Args:
        lumisections: how many lumisections of each segment exist.
    """

    frames: Frames
    decisions: Decisions
    lumisections: np.ndarray


def wanted(*lines: Sequence[RuleVersion]) -> frozenset[str]:
    """Return the variables that any of some lists reads."""
    return frozenset().union(*(rule.plan.rule.variables for rules in lines for rule in rules))


def say(
    connection: Connection,
    store: FrameStore,
    rules: Sequence[RuleVersion],
    chosen: Sequence[DatasetRef],
    at: tuple[int, frozenset[str]],
) -> Said:
    """Evaluate a list over datasets; a rule without a value is a selection.

    A list for runs gives all segments of a dataset the value of the strongest line that holds on any of them.

    Args:
        rules: strongest first.
        at: the sequence, and the variables to load (those of several lists keep their segments equal).

    Raises:
        RulesError: a clause is too expensive.
    """
    sequence, variables = at
    return say_on(store.frames(connection, chosen, variables, sequence), rules)


def say_on(frames: Frames, rules: Sequence[RuleVersion]) -> Said:
    """Evaluate a list over frames that were loaded with the variables it reads.

    Raises:
        RulesError: a clause is too expensive.
    """
    choices = [
        Choice(r.text.value or SELECTED, r.plan, r.text.priority, r.text.enabled, r.null_policy) for r in rules
    ]
    atoms = frames.cache.setdefault("atoms", AtomCache())
    decisions = decide(choices, frames.table, NullPolicy.UNKNOWN, atoms)
    if rules and Purpose(rules[0].text.purpose) in OF_RUNS:
        decisions = _per_run(frames, decisions)
    return Said(frames, decisions, frames.lengths * frames.exists)


def _per_run(frames: Frames, decisions: Decisions) -> Decisions:
    codes, deciders = decisions.codes.copy(), decisions.deciders.copy()
    existing = np.where(frames.exists, codes, 0)
    edges = [*np.flatnonzero(np.diff(frames.unit_of_segment, prepend=-1)).tolist(), len(codes)]
    for first, end in zip(edges, edges[1:], strict=False):
        decided = np.flatnonzero(frames.exists[first:end] & (deciders[first:end] >= 0)) + first
        if decided.size:
            strongest = decided[np.argmin(deciders[decided])]
            codes[first:end], deciders[first:end] = codes[strongest], deciders[strongest]
        else:
            codes[first:end] = existing[first:end].max(initial=0)
    return Decisions(decisions.values, codes, deciders)
