"""What a golden list is compared with, as whoever asks names it."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from model import asof
from model.errors import Invalid
from model.golden.attributed import Attributed
from model.golden.causes import difference
from model.golden.golden import GoldenRoom, Question
from model.golden.published import LISTS, difference_to, published
from model.products.manifest import question_of
from model.products.products import list_of, products
from model.queries import documents
from model.ranges import Ranges
from model.rulebook.book import GIVEN, rule_version


@dataclass(frozen=True)
class Against:
    """The list to compare with; what is not said of it is as in the question.

    Args:
        name: a sequence, a time or a label, a product, or a certification list that was read in.
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
    found = _listed(connection, with_.name, after)
    if found is None:
        return difference(connection, room, _asked(connection, with_, after), after)
    if with_.rule or with_.dataset or with_.several or with_.null_policy:
        raise Invalid(f"{with_.name} is a list as it was made: it takes no other rule, datasets or policy.")
    if isinstance(found, Question):
        return difference(connection, room, found, after)
    return difference_to(connection, room, (with_.name, found), after)


def _listed(connection: Connection, name: str, after: Question) -> Question | dict[int, Ranges] | None:
    """Return the question that a product answers, in the luminosity of another, or a list from outside."""
    for each in products(connection, after.at):
        if each.name == name and each.manifest["rule"] is None:
            return list_of(connection, name)
        if each.name == name:
            made = question_of(connection, dict(each.manifest), each.manifest["sequence"])
            return replace(made, source=after.source)
    return published(connection, name, after.at)


def _asked(connection: Connection, with_: Against, after: Question) -> Question:
    at = asof.resolve(connection, with_.name)
    if not with_.rule and after.rule.name == GIVEN:
        raise Invalid("A logic that came with the question was not kept: name the rule to compare with.")
    rule = rule_version(connection, with_.rule or after.rule.name, at)
    rule = rule.under(with_.null_policy) if with_.null_policy else rule
    pattern, several = with_.dataset or after.pattern, with_.several or after.several
    return Question(rule, pattern, at, several, after.source, after.within)


def offered(connection: Connection, at: int, rule: str = "") -> list[str]:
    """Return what can be compared with: products made here, labels, the last first, and lists from outside.

    Args:
        rule: its products come first.
    """
    labels = documents.documents(connection, "label", at)
    before = {name: label["sequence"] for name, label in labels.items() if label["sequence"] < at}
    every = [each for each in products(connection, at) if each.official is not None]
    here = [(each.name, each.manifest["rule"]["name"]) for each in every if each.manifest["rule"] is not None]
    made = [name for name, its in sorted(here, key=lambda one: one[1] != rule)]
    outside = [each.name for each in every if each.manifest["rule"] is None]
    named = [*made, *sorted(before, key=lambda name: -before[name]), *outside]
    return list(dict.fromkeys([*named, *documents.documents(connection, LISTS, at)]))
