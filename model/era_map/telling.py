"""What the segments of frames tell: one code each, and the kinds that the codes stand for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from model.era_map.question import Tells
from model.frames import Frames
from model.frames.variables import OMS, VERDICT
from model.rulebook.book import RuleVersion
from model.vocabulary import GLYPH, LETTER, WORST_FIRST, Status
from rules.engine import AtomCache, truths
from rules.explain import clause
from rules.table import Column

Ints = np.ndarray[Any, np.dtype[np.int64]]
#: a code is one byte, and the last ones stand for holes and for what had no code of its own
MOST_KINDS = 250
HOLE = "no such lumisection"
_RANK = {status: rank for rank, status in enumerate(WORST_FIRST)}
_BITS = ((False, "off", "0", "✕"), (None, "unknown", "?", "?"), (True, "on", "1", "✓"))


@dataclass(frozen=True)
class Group:
    """One line of the legend, drawn in one way; the first of several is drawn where they share a pixel.

    Args:
        look: a status's name, `on`, `off`, `unknown`, `golden`, `reason` or `other`.
    """

    look: str
    label: str
    letter: str
    glyph: str = ""


@dataclass(frozen=True)
class Kind:
    """What one code stands for: a group, and the sentence that goes with it."""

    group: int
    words: str


@dataclass(frozen=True)
class Told:
    """A code per segment, what each stands for, and the legend, the most severe first."""

    codes: Ints
    kinds: tuple[Kind, ...]
    groups: tuple[Group, ...]


def of_columns(frames: Frames, columns: Sequence[str]) -> Told:
    """Return the worst status over columns, with the first column that has it."""
    worst = np.full(len(frames.bounds), len(WORST_FIRST), dtype=np.int64)
    first = np.zeros(len(frames.bounds), dtype=np.int64)
    for place, name in enumerate(columns):
        ranks = _ranks(frames.table.columns[VERDICT + name])
        is_worse = ranks < worst
        worst[is_worse], first[is_worse] = ranks[is_worse], place
    groups = tuple(Group(s.name, s.name, LETTER[s], GLYPH[s]) for s in WORST_FIRST)
    good = _RANK[Status.GOOD]
    # where all is GOOD no column is worth naming
    pairs = np.where(worst == good, good * len(columns), worst * len(columns) + first)

    def kind(pair: int) -> Kind:
        rank, place = divmod(pair, len(columns))
        alone = len(columns) == 1 or rank == good
        status = WORST_FIRST[rank].name
        return Kind(rank, status if alone else f"{status}: {columns[place]}")

    distinct, codes = np.unique(pairs, return_inverse=True)
    if len(distinct) <= MOST_KINDS:
        return Told(codes, tuple(kind(pair) for pair in distinct.tolist()), groups)
    return Told(worst, tuple(Kind(rank, s.name) for rank, s in enumerate(WORST_FIRST)), groups)


def of_bit(frames: Frames, bit: str) -> Told:
    """Return a bit of the detector's control system; null is unknown, never on."""
    column = frames.table.columns[OMS + bit]
    values = [value for value, *_ in _BITS]
    place = np.array([values.index(v if isinstance(v, bool) else None) for v in column.values])
    groups = tuple(Group(look, look, letter, glyph) for _, look, letter, glyph in _BITS)
    kinds = tuple(Kind(i, f"{bit} is {group.label}") for i, group in enumerate(groups))
    return Told(place[column.codes].astype(np.int64), kinds, groups)


def of_rule(frames: Frames, rule: RuleVersion, weight: np.ndarray[Any, Any]) -> Told:
    """Return the first clause that a lumisection does not pass, the clauses by what they lose.

    Args:
        weight: what each segment is worth, to order the clauses by.
    """
    cache = frames.cache.setdefault("atoms", AtomCache())
    plan = rule.plan
    first = np.full(len(frames.bounds), len(plan.clauses), dtype=np.int64)
    is_open = np.zeros(len(frames.bounds), dtype=bool)
    for place, answer in enumerate(truths(plan, plan.clauses, frames.table, rule.null_policy, cache)):
        fails = (answer != 2) & (first == len(plan.clauses))
        first[fails], is_open[fails] = place, answer[fails] == 1
    texts = [clause(node).text for node in plan.clauses]
    lost = np.bincount(first[frames.exists], weight[frames.exists], len(texts) + 1)[:-1]
    order = [place for place in np.argsort(-lost, kind="stable").tolist() if np.any(first == place)]
    named = order[: MOST_KINDS // 2]
    rank = np.full(len(texts) + 1, len(named), dtype=np.int64)
    rank[named] = np.arange(len(named))
    rank[-1] = len(named) + 1
    groups = [Group("reason", f"not: {texts[p]}", _letter(i)) for i, p in enumerate(named)]
    groups += [Group("other", "another clause of the rule", "#"), Group("golden", "golden", "✓", "✓")]
    kinds = [Kind(i, text) for i, g in enumerate(groups) for text in (g.label, f"unknown, {g.label}")]
    return Told(2 * rank[first] + is_open, tuple(kinds), tuple(groups))


def variables(tells: Tells, names: Sequence[str], rule: RuleVersion | None) -> frozenset[str]:
    """Return what frames must hold to tell it."""
    if tells is Tells.GOLDEN:
        return rule.plan.rule.variables if rule else frozenset()
    return frozenset((OMS if tells is Tells.BIT else VERDICT) + name for name in names)


def _ranks(column: Column) -> Ints:
    ranks: Ints = np.array([_RANK[Status[str(value)]] for value in column.values], dtype=np.int64)
    return np.take(ranks, column.codes)


def _letter(place: int) -> str:
    return chr(ord("A") + place) if place < 26 else str(place + 1)
