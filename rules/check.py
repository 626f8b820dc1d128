"""Checking a rule before it decides anything: findings with a place, a code and a sentence.

Three readings: the grammar (`syntax`), the types of what is compared, and what can be known of the truth
without data. Source of the cases: json-logic-js 2.0.5, where each of them gives a surprising answer.
"""

from rules.errors import RuleError
from rules.findings import Finding, Notes
from rules.null_passes import look_for_null
from rules.plan import build
from rules.schema import Schema
from rules.static_truth import judge
from rules.syntax import Rule, parse
from rules.typed_walk import walk
from rules.unknown import NullPolicy
from rules.values import Json

__all__ = ["Finding", "check", "diagnose"]


def check(rule: Rule, schema: Schema, null: NullPolicy = NullPolicy.BAD) -> tuple[Finding, ...]:
    """Return what is wrong or doubtful in a rule, in its order.

    Args:
        null: what missing data counts as; where it leaves the answer open, it cannot pass unseen.
    """
    notes = Notes()
    walk(rule.ast, schema, notes)
    try:
        plan = build(rule)
        if null is NullPolicy.BAD:
            look_for_null(plan, schema, notes)
        judge(plan, schema, notes, null)
    except RuleError as error:
        notes.add("error", error.code, error.pointer, error.message)
    return notes.sorted()


def diagnose(source: Json, schema: Schema, null: NullPolicy = NullPolicy.BAD) -> tuple[Finding, ...]:
    """Return what is wrong or doubtful in what somebody writes, whatever it is; never raises.

    Args:
        source: JSON text, or the same already loaded.
    """
    try:
        rule = parse(source)
    except RuleError as error:
        return (Finding.of("error", error.code, error.pointer, error.message),)
    return check(rule, schema, null)
