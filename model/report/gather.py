"""Gather a report at a sequence, part by part; the same sequence and the same words give the same bytes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from model.accounting.question import Question, one_source, rule_of
from model.asof import held, resolve
from model.authors import ILLUSTRATIVE
from model.bulk.plan import Tell, untold
from model.clock import rfc3339, to_us
from model.golden import golden
from model.queries.runs import Run
from model.registry import Registry
from model.report import account, progress, shift, since
from model.report.changes import changes
from model.report.kept import Kept, last_before
from model.report.open_items import open_items
from model.report.report import FORMAT, Report, Rule, Table
from model.report.scope import Asked, Kind, Scope, cycle_datasets, kind_of, recorded_at, runs_of, scope
from model.rulebook.book import RuleVersion
from model.tables import author, dataset, verdict_range

_FOR_EVER = datetime.max.replace(tzinfo=UTC)
_PARTS = {Kind.SHIFT: 4}
_MANY_PARTS = 5


@dataclass(frozen=True)
class Plan:
    """What is asked for, with every word resolved.

    Args:
        since: the report that it is compared with.
    """

    scope: Scope
    at: int
    as_of: str
    rule: RuleVersion | None
    pattern: str
    source: str
    since: Kept | None


def planned(connection: Connection, asked: Asked, now: datetime) -> Plan:
    """Return what the words mean.

    Raises:
        Invalid: no such kind, week or time; several luminosity sources; a scope that is to come.
        NotFound: there is no such rule, luminosity source, or label.
    """
    kind, at = kind_of(asked.kind), resolve(connection, asked.as_of)
    about = scope(kind, asked.scope, now)
    source = one_source(connection, asked.source, at)
    # a frozen `now` would say nothing
    as_of = str(at) if asked.as_of in ("", "now") else asked.as_of
    last = last_before(connection, kind, about.name, at)
    if kind is Kind.SHIFT:
        return Plan(about, at, as_of, None, "", source, last)
    rule = rule_of(connection, asked.rule, at)
    if asked.null_policy:
        rule = rule.under(asked.null_policy)
    return Plan(about, at, as_of, rule, asked.dataset or rule.text.datasets, source, last)


def again(connection: Connection, report: Report) -> Plan:
    """Return the plan by which a frozen report is made again."""
    rule = report.rule
    words = (rule.name, rule.null_policy) if rule else ("", "")
    asked = Asked(
        report.kind, report.scope, *words, report.datasets, report.luminosity_source, str(report.sequence)
    )
    plan = planned(connection, asked, _FOR_EVER)
    return Plan(plan.scope, plan.at, report.as_of, plan.rule, plan.pattern, plan.source, plan.since)


def gathered(registry: Registry, connection: Connection, plan: Plan, tell: Tell = untold) -> Report:
    """Return the report of a plan.

    Args:
        tell: is told how far it is.

    Raises:
        NotFound: no run is in it, or none has luminosity.
        Ambiguous: a run has several datasets that match.
    """
    found = runs_of(connection, plan.scope, plan.at)
    book = _book(registry, connection, plan, plan.rule, found) if plan.rule else None
    parts = _certified(registry, connection, plan, book) if book else _shift(registry, connection, plan, found)
    many = _PARTS.get(plan.scope.kind, _MANY_PARTS)
    tables: list[Table] = []
    tell("gathering", 0, many)
    for done, some in enumerate(parts, 1):
        tables += some
        tell("gathering", done, many)
    rule = plan.rule
    return Report(
        FORMAT,
        plan.scope.kind.value,
        plan.scope.name,
        plan.scope.title,
        plan.at,
        plan.as_of,
        rfc3339(to_us(recorded_at(connection, plan.at))),
        Rule(rule.name, rule.version, rule.digest, rule.null_policy.value) if rule else None,
        plan.pattern,
        plan.source,
        plan.since.name if plan.since else "",
        (*_notes(connection, plan, found), *(account.notes(book) if book else ())),
        tuple(tables),
    )


def _book(
    registry: Registry, connection: Connection, plan: Plan, rule: RuleVersion, found: Sequence[Run]
) -> account.Book:
    numbers = [run.run_number for run in found]
    first, last = min(numbers), max(numbers)
    asked = Question(rule, plan.pattern, plan.at, plan.source, first_run=first, last_run=last)
    return account.book(connection, registry.golden.frames, asked, numbers)


def _certified(
    registry: Registry, connection: Connection, plan: Plan, book: account.Book
) -> Iterator[tuple[Table, ...]]:
    summary, at = account.figures(book), plan.at
    numbers = [each.run.run_number for each in book.found.accounts]
    # a week's report tells what changed in all that was certified before it, too
    inside = None if plan.scope.kind is Kind.WEEK else set(numbers)
    asked = golden.Question(book.found.question.rule, plan.pattern, at, source=plan.source)
    sorts, causes = changes(connection, registry.golden, plan.since, asked, inside)
    yield summary, since.figures(summary, plan.since), sorts
    yield account.by_class(book), account.by_day(book), account.by_fill(book)
    yield account.by_subsystem(book), account.by_cause(book)
    is_cycle = plan.scope.kind is Kind.CYCLE
    done = (progress.by_workspace(connection, plan.scope.name, at),) if is_cycle else ()
    yield account.notable_runs(book), causes, *done
    wanted = set(cycle_datasets(connection, plan.scope, at)) if is_cycle else frozenset()
    yield open_items(
        connection,
        registry.sentinel,
        numbers,
        at,
        lambda item: not is_cycle or (item.run_number, item.dataset) in wanted,
    )


def _shift(
    registry: Registry, connection: Connection, plan: Plan, found: Sequence[Run]
) -> Iterator[tuple[Table, ...]]:
    for some in shift.tables(connection, registry.sentinel, plan.scope, found, plan.at, plan.source):
        yield (*some, since.figures(some[0], plan.since)) if some[0].name == "summary" else some


def _notes(connection: Connection, plan: Plan, found: Sequence[Run]) -> Iterator[str]:
    ends, known = plan.scope.ends, recorded_at(connection, plan.at)
    if ends is not None and ends > known:
        yield f"It ends on {ends:%Y-%m-%d %H:%M} UTC; what was known at sequence {plan.at} is told."
    assumed = Counter(name for run in found for name in run.assumed)
    for many in sorted(set(assumed.values()), reverse=True):
        names = sorted(name for name in assumed if assumed[name] == many)
        yield f"Assumed, measured by nobody, in {many:,} of {len(found):,} runs: {', '.join(names)}."
    if found and _is_illustrative(connection, found, plan.at):
        yield f"Verdicts by authors named {ILLUSTRATIVE} are made up for demonstration."


def _is_illustrative(connection: Connection, found: Sequence[Run], at: int) -> bool:
    numbers = [run.run_number for run in found]
    query = (
        select(author.c.id)
        .join(verdict_range, verdict_range.c.author_id == author.c.id)
        .join(dataset, dataset.c.id == verdict_range.c.dataset_id)
        .where(author.c.name.like(f"%{ILLUSTRATIVE}"), held(verdict_range, at))
        .where(dataset.c.run_number.between(min(numbers), max(numbers)))
        .limit(1)
    )
    return connection.execute(query).first() is not None
