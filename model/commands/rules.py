"""Rules as versioned documents: checked before they are kept, numbered, never rewritten."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from model.authors import Author
from model.commands.documents import set_document
from model.errors import Invalid
from model.frames.variables import require_known
from model.journal import Transaction
from model.queries import documents
from rules.errors import RulesError
from rules.plan import build
from rules.syntax import Rule, parse
from rules.unknown import NullPolicy


@dataclass(frozen=True)
class RuleText:
    """A rule to keep: its logic, what a missing bit counts as, what it is for, and over which datasets."""

    logic: Any
    null_policy: str
    description: str
    datasets: str = "%"
    purpose: str = ""


def set_rule(
    tx: Transaction,
    name: str,
    text: RuleText,
    by: Author,
    *,
    comment: str = "",
    happened_at: datetime | None = None,
) -> int:
    """Keep a new version of a rule.

    Raises:
        Invalid: the logic does not parse, reads what does not exist, or the policy is none of three.
        Forbidden: the author may not.
    """
    rule = read_rule(text.logic)
    policy(text.null_policy)
    before = documents.document(tx.connection, "rule", name)
    document = {
        "logic": rule.ast,
        "null_policy": text.null_policy,
        "description": text.description,
        "datasets": text.datasets,
        "purpose": text.purpose,
        "version": before["version"] + 1 if before else 1,
        "digest": rule.digest,
    }
    return set_document(tx, "rule", name, document, by, comment=comment, happened_at=happened_at)


def read_rule(logic: Any) -> Rule:
    """Parse a logic and check its variables.

    Raises:
        Invalid: with the place in the logic and what is wrong there.
    """
    if not isinstance(logic, dict | str):
        raise Invalid('A rule is a JsonLogic object, such as {"and": […]}.')
    try:
        rule = parse(logic)
        build(rule)
    except RulesError as error:
        raise Invalid(f"The rule cannot be read: {error}") from error
    require_known(rule.variables)
    return rule


def policy(name: str) -> NullPolicy:
    """Return the null policy of a name.

    Raises:
        Invalid: it is none of bad, good, unknown.
    """
    try:
        return NullPolicy(name)
    except ValueError as error:
        raise Invalid(f"“{name}” is no null policy; bad, good and unknown are.") from error
