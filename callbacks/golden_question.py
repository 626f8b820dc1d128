"""What the Golden page's address asks, as a question to the registry."""

from dataclasses import replace

from sqlalchemy import Connection

from components.golden_question import AS_KEPT, Asked, asked_of
from identity.address import place
from model.errors import Invalid
from model.golden.choice import Within
from model.golden.golden import Question
from model.rulebook.book import Rulebook, RuleVersion, rulebook
from model.rulebook.texts import Purpose
from model.spans import spans


def offered(book: Rulebook) -> list[RuleVersion]:
    """Return the rules that make lists, the golden ones first."""
    return [*book.purpose(Purpose.GOLDEN), *book.purpose(Purpose.SELECTION)]


def completed(book: Rulebook, told: Asked) -> Asked:
    """Return the question with what it does not say: the first golden rule, and the rule's own datasets."""
    rules = offered(book)
    name = told.rule or (rules[0].name if rules else "")
    own = book.version(name).text.datasets if name in book.names else "%"
    return replace(told, rule=name, dataset=told.dataset or own)


def versions(book: Rulebook, asked: Asked) -> tuple[RuleVersion, RuleVersion]:
    """Return the rule as it is kept, and as it is varied.

    Raises:
        NotFound: there is no such rule.
        Invalid: there is no rule at all, or the variation is none.
    """
    if not book.names:
        raise Invalid("There is no rule yet: draft one on the rules page.")
    kept = book.version(asked.rule)
    rule = book.varied(kept, asked.variation)
    return kept, rule if asked.null_policy == AS_KEPT else rule.under(asked.null_policy)


def question(kept: RuleVersion, rule: RuleVersion, asked: Asked, at: int) -> Question:
    """Return what is asked of a rule; its frames are those of the rule as it is kept.

    Raises:
        Invalid: the runs are no list of runs.
    """
    said = asked.conditions()
    within = Within(said["run_class"], said["era"], spans(said["runs"]), said["cycle"])
    return Question(rule, asked.dataset, at, asked.several, within=within, reads=kept.plan.rule.variables)


def question_of(connection: Connection, search: str | None) -> Question:
    """Return the question of an address.

    Raises:
        NotFound, Invalid: it names no rule, or no runs.
    """
    at = place(connection, search).at
    book = rulebook(connection, at)
    asked = completed(book, asked_of(search))
    return question(*versions(book, asked), asked, at)
