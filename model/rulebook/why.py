"""Why: a rule on one lumisection, a status cell, a lumisection outside the golden JSON."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from model.authors import ILLUSTRATIVE, NOBODY
from model.errors import Invalid
from model.frames import FrameStore
from model.frames.refs import ref
from model.queries import verdicts
from model.queries.verdicts import Verdict
from model.rulebook.book import Rulebook, RuleVersion, rulebook
from model.rulebook.texts import Purpose
from model.vocabulary import ONLINE
from rules.errors import RulesError
from rules.explain import Trace, blame, explain_row
from rules.values import MISSING, Json

_AUTHOR = re.compile(r"rule:([a-z0-9][a-z0-9_-]*)@(\d+)")


@dataclass(frozen=True)
class Step:
    """One part of a rule on one lumisection.

    Args:
        pointer: JSON pointer into the rule, or into the rule of `flag` where one is named.
        truth: None where missing data leaves it open.
        values: the variables it reads, null where nothing is known.
    """

    pointer: str
    flag: str
    op: str
    text: str
    truth: bool | None
    values: Mapping[str, Json] = field(default_factory=dict)
    children: tuple["Step", ...] = ()

    @property
    def place(self) -> str:
        """Return where it stands: `#flag/and/2` in a flag, `/and/2` in the rule itself."""
        return f"#{self.flag}{self.pointer}" if self.flag else self.pointer


@dataclass(frozen=True)
class Explanation:
    """What a rule says of one lumisection, and the fewest parts that decide it."""

    rule: str
    version: int
    value: str
    truth: bool | None
    tree: Step
    blame: tuple[Step, ...]


@dataclass(frozen=True)
class Cell:
    """Why a status is what it is.

    Args:
        verdict: what counts; None where nobody said anything.
        overruled: what a rule said and a person outranked.
        rules: the rule the effective verdict names, or the list that could have spoken, strongest first.
        note: why there is no rule to show though a machine spoke; else empty.
    """

    column: str
    verdict: Verdict | None
    overruled: Verdict | None
    rules: tuple[Explanation, ...]
    note: str = ""


def explain_at(connection: Connection, rule: RuleVersion, where: tuple[int, str, int], at: int) -> Explanation:
    """Explain a rule on one lumisection of a dataset.

    Args:
        where: run number, dataset name, lumisection.

    Raises:
        NotFound: no such dataset.
        Invalid: the run has no such lumisection.
    """
    number, name, lumisection = where
    chosen = ref(connection, at, number, name)
    frames = FrameStore().frames(connection, [chosen], rule.plan.rule.variables, at)
    length = frames.units[0].length
    row = frames.segment_at(0, lumisection) if 1 <= lumisection <= length else -1
    if row < 0 or not frames.exists[row]:
        raise Invalid(f"Run {number} has no lumisection {lumisection}; its last one is {length}.")
    try:
        trace = explain_row(rule.plan, frames.table, row, rule.null_policy)
    except RulesError as error:
        raise Invalid(f"The rule cannot be evaluated: {error}") from error
    known = rulebook(connection, at)
    steps = tuple(_step(known, rule, each, deep=False) for each in blame(trace))
    tree = _step(known, rule, trace)
    return Explanation(rule.name, rule.version, rule.text.value, tree.truth, tree, steps)


def why_status(connection: Connection, where: tuple[int, str, int], column: str, at: int) -> Cell:
    """Explain the status of one column on one lumisection of a dataset, rules as they held when they spoke.

    Args:
        where: run number, dataset name, lumisection.

    Raises:
        NotFound: no such dataset.
        Invalid: the run has no such lumisection.
    """
    number, name, lumisection = where
    ref(connection, at, number, name)
    said = verdicts.of_dataset(connection, number, name, at, [column])[column]
    under = verdicts.overruled(connection, number, name, at, [column])[column]
    effective, overruled = _on(said, lumisection), _on(under, lumisection)
    machine = overruled or (effective if effective and not effective.is_person else None)
    spoke = _spoken(connection, machine) if machine else None
    if machine is not None:
        rules: Sequence[RuleVersion] = [spoke] if spoke else []
        seen = machine.since
    else:
        default = Purpose.ONLINE_VERDICT if name == ONLINE else Purpose.OFFLINE_DEFAULT
        book, seen = rulebook(connection, at), at
        rules = book.lists(Purpose.DERIVED_VERDICT).get(column) or book.lists(default).get(column, ())
    place = (number, ONLINE, lumisection) if _reads_online(rules) else where
    found = tuple(explain_at(connection, rule, place, seen) for rule in rules if rule.text.enabled)
    note = _note(machine.author) if machine is not None and spoke is None else ""
    return Cell(column, effective, overruled, found, note)


def _note(author: str) -> str:
    if author == NOBODY:
        return ""
    if author.endswith(ILLUSTRATIVE):
        return f"“{author}” is illustrative, made up with the demonstration year: no rule kept here gave it."
    return f"This registry keeps no rule “{author}”: its name and its words are all that is known of it."


def _reads_online(rules: Sequence[RuleVersion]) -> bool:
    # what a new offline dataset starts with is decided on the online one
    return any(rule.text.purpose == Purpose.OFFLINE_DEFAULT for rule in rules)


def _on(found: Sequence[Verdict], lumisection: int) -> Verdict | None:
    return next((v for v in found if v.span.first <= lumisection <= v.span.last), None)


def _spoken(connection: Connection, verdict: Verdict) -> RuleVersion | None:
    """Return the rule that a machine's verdict names, as it held then; None for what is no kept rule."""
    match = _AUTHOR.fullmatch(verdict.author)
    if not match:
        return None
    book = rulebook(connection, verdict.since)
    if match[1] not in book.names:
        return None
    rule = book.version(match[1])
    return rule if rule.version == int(match[2]) else None


def _step(book: Rulebook, rule: RuleVersion, trace: Trace, *, deep: bool = True) -> Step:
    flag, pointer = book.flags.locate(rule.rule, trace.pointer)
    children: Iterator[Step] = (_step(book, rule, child) for child in trace.children if deep)
    values: dict[str, Any] = {name: None if v is MISSING else v for name, v in trace.inputs.items()}
    return Step(pointer, flag, trace.op, trace.text, trace.claim, values, tuple(children))
