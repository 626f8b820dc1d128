"""The terms of a golden list, on the way from one question to another: rule, datasets, policies.

Between two questions the journal moves the rule of the first one, wherever it or a flag in its closure is kept
anew. What the second question asks otherwise stands in no journal: it comes after everything that is there, in
the order datasets, several datasets of a run, null policy, rule.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from model.golden.choice import Within
from model.golden.golden import Question
from model.rulebook.book import RuleVersion, rulebook
from model.tables import registry_document


@dataclass(frozen=True)
class Terms:
    """What holds from a sequence on; one after `Question.at` of the second question is no event.

    Args:
        changed: the rule or flag that an event kept anew, or what the second question asks otherwise.
    """

    since: int
    rule: RuleVersion
    pattern: str
    within: Within
    several: str
    changed: str = ""


DATASETS, SEVERAL, NULL, RULE = "datasets", "several datasets of a run", "null policy", "rule"


def terms(connection: Connection, before: Question, after: Question) -> list[Terms]:
    """Return the terms in the order in which they came to hold; the first are those of `before`."""
    found = [Terms(before.at, before.rule, before.pattern, before.within, before.several)]
    for sequence, name in _kept_anew(connection, before.at, after.at):
        last = found[-1]
        if name == last.rule.name or name in last.rule.flags:
            rule = _rule_at(connection, before, sequence)
            if rule.digest != last.rule.digest:
                found.append(replace(last, since=sequence, rule=rule, changed=name))
    for step in _asked_otherwise(found[-1], after):
        found.append(replace(step, since=max(after.at, found[-1].since) + 1))
    return found


def _kept_anew(connection: Connection, since: int, until: int) -> Iterator[tuple[int, str]]:
    kept = registry_document
    query = select(kept.c.since, kept.c.name).where(
        kept.c.kind == "rule", kept.c.since > since, kept.c.since <= until
    )
    for row in connection.execute(query.order_by(kept.c.since)):
        yield row.since, row.name


def _rule_at(connection: Connection, question: Question, at: int) -> RuleVersion:
    """Return the rule of a question as it would have been at a later sequence."""
    rule, then = question.rule, rulebook(connection, question.at)
    book = rulebook(connection, at)
    if rule.name not in then.names or then.version(rule.name).closure != rule.closure:
        # it was given with the question: its own text stands, the flags it reads are the registry's
        return book.given(rule.text, rule.name, rule.version)
    asked, kept = rule.text.null_policy, then.version(rule.name).text.null_policy
    return book.version(rule.name) if asked == kept else book.version(rule.name).under(asked)


def _asked_otherwise(last: Terms, after: Question) -> Iterator[Terms]:
    if (last.pattern, last.within) != (after.pattern, after.within):
        last = replace(last, pattern=after.pattern, within=after.within, changed=DATASETS)
        yield last
    if last.several != after.several:
        last = replace(last, several=after.several, changed=SEVERAL)
        yield last
    if last.rule.null_policy != after.rule.null_policy:
        last = replace(last, rule=last.rule.under(after.rule.text.null_policy), changed=NULL)
        yield last
    if last.rule.digest != after.rule.digest:
        yield replace(last, rule=after.rule, changed=RULE)
