"""The book of all rules that were active at a sequence: flags expanded, closures digested, lists in order."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, func, select

from model import cache as keys
from model.asof import AT
from model.errors import Invalid, NotFound
from model.frames.schema import SCHEMA, VERDICT
from model.queries import documents
from model.rulebook.texts import LISTED, Purpose, RuleText, parsed, policy, read_rule
from model.tables import journal, registry_document
from rules.errors import RulesError
from rules.flags import Flags
from rules.plan import Plan, build
from rules.schema import Schema
from rules.syntax import Rule
from rules.unknown import NullPolicy
from rules.variant import Variation, varied

#: given with a question, not kept
GIVEN = "given"


@dataclass(frozen=True)
class RuleVersion:
    """A rule as it held: kept under a name and version, or given with the question (version 0).

    Args:
        rule: as it was written; `plan` is built from it with its flags written out.
        closure: SHA-256 of its text and that of every flag it reads.
    """

    name: str
    version: int
    rule: Rule
    plan: Plan
    text: RuleText
    closure: str
    flags: frozenset[str] = frozenset()

    @property
    def null_policy(self) -> NullPolicy:
        """Return what a missing bit counts as, in its flags too."""
        return policy(self.text.null_policy)

    @property
    def digest(self) -> str:
        """SHA-256 of what decides an answer: the closure and the null policy."""
        return keys.key(self.closure, self.text.null_policy)

    def under(self, null_policy: str) -> "RuleVersion":
        """Return the same rule where a missing bit counts as something else.

        Raises:
            Invalid: there is no such policy.
        """
        policy(null_policy)
        return replace(self, text=replace(self.text, null_policy=null_policy))

    @property
    def strength(self) -> tuple[int, str]:
        """Return its place in a decision list, the strongest first."""
        return self.text.priority, self.name

    @property
    def author(self) -> str:
        """Return the name under which its verdicts stand in the journal."""
        return f"rule:{self.name}@{self.version}"


class Rulebook:
    """All active rules, by name.

    Raises:
        Invalid: a rule reads a flag that is not there, flags read each other in a circle, or a column is
            derived from one that is derived itself.
    """

    def __init__(self, kept: Mapping[str, tuple[int, RuleText]]) -> None:
        self._kept = dict(sorted(kept.items()))
        self._rules = {name: _kept_rule(json.dumps(text.logic)) for name, (_, text) in self._kept.items()}
        # a book never changes, and each of its rules is asked for again and again
        self._read: dict[str, RuleVersion] = {}
        try:
            self.flags = Flags(self._rules)
        except RulesError as error:
            raise Invalid(f"The rules do not fit together: {error}") from error
        self._require_one_step()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all rules."""
        return tuple(self._kept)

    def version(self, name: str) -> RuleVersion:
        """Return a rule.

        Raises:
            NotFound: there is none of that name.
        """
        if name not in self._kept:
            raise NotFound(f"There is no rule {name}; there is {', '.join(self._kept) or 'none'}.")
        if name not in self._read:
            version, text = self._kept[name]
            self._read[name] = self._version(name, version, self._rules[name], text)
        return self._read[name]

    def given(self, text: RuleText, name: str = GIVEN, version: int = 0) -> RuleVersion:
        """Return a rule that is not kept; it may read the flags that are.

        Raises:
            Invalid: it does not parse, or reads what does not exist.
        """
        return self._version(name, version, read_rule(text.logic), text)

    def varied(self, kept: RuleVersion, variation: Variation) -> RuleVersion:
        """Return a kept rule with some clauses left out, moved, or with other numbers; itself where none is.

        Raises:
            Invalid: the rule would be no rule any more.
        """
        logic = varied(kept.rule, variation)
        if logic is kept.rule.ast:
            return kept
        return self.given(replace(kept.text, logic=logic), kept.name)

    def purpose(self, purpose: Purpose) -> tuple[RuleVersion, ...]:
        """Return the rules of a purpose, by name."""
        wanted = (name for name, (_, text) in self._kept.items() if text.purpose == purpose)
        return tuple(self.version(name) for name in wanted)

    def lists(self, purpose: Purpose) -> dict[str, tuple[RuleVersion, ...]]:
        """Return the decision lists of a purpose by target, each strongest first."""
        found: dict[str, list[RuleVersion]] = {}
        for each in self.purpose(purpose) if purpose in LISTED else ():
            found.setdefault(each.text.target, []).append(each)
        ordered = {target: sorted(rules, key=attrgetter("strength")) for target, rules in found.items()}
        return {target: tuple(rules) for target, rules in sorted(ordered.items())}

    def schema(self, besides: str = "") -> Schema:
        """Return what a rule may read: every variable, and every kept rule but one as a flag."""
        return SCHEMA.with_flags(name for name in self._kept if name != besides)

    def with_rule(self, name: str, version: int, text: RuleText) -> "Rulebook":
        """Return the book as it would be with one rule more, or another text of one.

        Raises:
            Invalid: the rules would not fit together.
        """
        return Rulebook({**self._kept, name: (version, text)})

    def dependents(self, name: str) -> tuple[str, ...]:
        """Return the rules whose meaning changes with this one."""
        return tuple(sorted(self.flags.dependents(name))) if name in self._kept else ()

    def _require_one_step(self) -> None:
        derived = self.lists(Purpose.DERIVED_VERDICT)
        for rule in (each for rules in derived.values() for each in rules):
            read = {path.removeprefix(VERDICT) for path in rule.plan.rule.variables if path.startswith(VERDICT)}
            if circular := sorted(read & set(derived)):
                named = f"{rule.text.target} ({rule.name}) reads {', '.join(circular)}"
                raise Invalid(f"A column is derived from certified ones, not from derived ones: {named}.")

    def _version(self, name: str, version: int, rule: Rule, text: RuleText) -> RuleVersion:
        try:
            closure, flags = self.flags.digest(rule), self.flags.closure(rule)
            plan = _plan(self.flags.expand(rule))
        except RulesError as error:
            raise Invalid(f"The rule cannot be read: {error}") from error
        return RuleVersion(name, version, rule, plan, text, closure, flags)


@lru_cache(maxsize=1024)
def _kept_rule(logic: str) -> Rule:
    return parsed(json.loads(logic))


@lru_cache(maxsize=512)
def _plan(rule: Rule) -> Plan:
    return build(rule)


def rulebook(connection: Connection, at: int) -> Rulebook:
    """Return the book as it held at a sequence."""
    found = connection.execute(_LAST_CHANGE, {"at": at}).scalar()
    if found is None:
        return Rulebook({})
    if (book := _books.get(found)) is None:
        while len(_books) >= _BOOKS_KEPT:
            _books.pop(next(iter(_books)), None)
        book = _books[found] = _read(connection, at)
    return book


# the journal's hash where a rule last changed says all that was ever told before it
_LAST_CHANGE = select(journal.c.hash).where(
    journal.c.sequence
    == select(func.max(registry_document.c.since))
    .where(registry_document.c.kind == "rule", registry_document.c.since <= AT)
    .scalar_subquery()
)
#: by the hash of the journal where a rule last changed
_books: dict[bytes, Rulebook] = {}
_BOOKS_KEPT = 8


def _read(connection: Connection, at: int) -> Rulebook:
    found = documents.documents(connection, "rule", at)
    return Rulebook({name: (rule["version"], RuleText.of(rule)) for name, rule in found.items()})


def rule_version(connection: Connection, name: str, at: int) -> RuleVersion:
    """Return a kept rule as it held at a sequence.

    Raises:
        NotFound: no such rule then.
    """
    return rulebook(connection, at).version(name)


def golden_rule(connection: Connection, at: int) -> RuleVersion | None:
    """Return the rule whose purpose is the golden JSON, None where none was kept yet."""
    found = rulebook(connection, at).purpose(Purpose.GOLDEN)
    return found[0] if found else None


def given_rule(logic: Any, null_policy: str, book: Rulebook | None = None) -> RuleVersion:
    """Return a rule that came with the question; flags are those of the book.

    Raises:
        Invalid: it does not parse or reads what does not exist.
    """
    policy(null_policy)
    return (book or Rulebook({})).given(RuleText(logic, null_policy, ""))
