"""What a golden list is compared with, as whoever asks names it."""

from dataclasses import dataclass

from sqlalchemy import Connection

from model import asof
from model.errors import Invalid
from model.golden.attributed import Attributed
from model.golden.causes import difference
from model.golden.golden import GoldenRoom, Question
from model.golden.published import LISTS, difference_to, published
from model.queries import documents
from model.rulebook.book import GIVEN, rule_version


@dataclass(frozen=True)
class Against:
    """The list to compare with; what is not said of it is as in the question.

    Args:
        name: a sequence, a time or a label, or a certification list that was read in.
        rule: name of a kept rule, as it held there.
        null_policy: as that rule said there, where it is not said.
    """

    name: str
    rule: str = ""
    dataset: str = ""
    several: str = ""
    null_policy: str = ""


def compared(connection: Connection, room: GoldenRoom, with_: Against, after: Question) -> Attributed:
    """Return what differs between a list and that of a question, by cause.

    Raises:
        NotFound: nothing of that name, no such rule then, or no dataset.
        Invalid: a list from outside has neither rule nor datasets; as `difference` refuses.
        Ambiguous: a run has several datasets where that is refused.
    """
    outside = published(connection, with_.name, after.at)
    if outside is None:
        return difference(connection, room, _asked(connection, with_, after), after)
    if with_.rule or with_.dataset or with_.several or with_.null_policy:
        raise Invalid(
            f"{with_.name} is a list from outside: it has no rule, no datasets and no policy of its own."
        )
    return difference_to(connection, room, (with_.name, outside), after)


def _asked(connection: Connection, with_: Against, after: Question) -> Question:
    at = asof.resolve(connection, with_.name)
    if not with_.rule and after.rule.name == GIVEN:
        raise Invalid("A logic that came with the question was not kept: name the rule to compare with.")
    rule = rule_version(connection, with_.rule or after.rule.name, at)
    rule = rule.under(with_.null_policy) if with_.null_policy else rule
    pattern, several = with_.dataset or after.pattern, with_.several or after.several
    return Question(rule, pattern, at, several, after.source, after.within)


def offered(connection: Connection, at: int) -> list[str]:
    """Return the labels of sequences before one, the last first, then the lists from outside kept then."""
    labels = documents.documents(connection, "label", at)
    before = {name: label["sequence"] for name, label in labels.items() if label["sequence"] < at}
    return [*sorted(before, key=lambda name: -before[name]), *documents.documents(connection, LISTS, at)]
