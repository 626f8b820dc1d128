"""What a kept rule consists of, and what each purpose asks of it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from model.errors import Invalid
from model.frames.variables import require_known
from model.vocabulary import LEVEL_OF, SETTABLE, State
from rules.errors import RulesError
from rules.flags import PREFIX
from rules.plan import build
from rules.syntax import Rule, parse
from rules.unknown import NullPolicy

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
_PRIORITIES = range(10_000)
_LONGEST_TEXT = 2_000


class Purpose(StrEnum):
    """What the registry does with a rule; every purpose but a selection is official."""

    SELECTION = ""
    GOLDEN = "golden"
    CLASS = "class"
    SIGNIFICANCE = "significance"
    ONLINE_VERDICT = "online-verdict"
    OFFLINE_DEFAULT = "offline-default"
    DERIVED_VERDICT = "derived-verdict"
    WORKSPACE_SIGNIFICANCE = "workspace-significance"


#: purposes whose rules form decision lists, one list per target
LISTED = frozenset(Purpose) - {Purpose.SELECTION, Purpose.GOLDEN}
#: purposes whose target is a column
OF_COLUMNS = frozenset({Purpose.ONLINE_VERDICT, Purpose.OFFLINE_DEFAULT, Purpose.DERIVED_VERDICT})
#: purposes that say one thing of a whole run
OF_RUNS = LISTED - OF_COLUMNS


@dataclass(frozen=True)
class RuleText:
    """A rule to keep.

    Args:
        null_policy: what a missing bit counts as: bad, good or unknown.
        datasets: LIKE pattern of the dataset names it is meant for.
        purpose: one of `Purpose`; a decision list is all enabled rules of one purpose and target.
        target: the column, workspace, or `class` or `significant`, that the value is for.
        value: what a decision list gives where the rule holds.
        priority: a smaller number is stronger, of equals the name that sorts first.
    """

    logic: Any
    null_policy: str
    description: str
    datasets: str = "%"
    purpose: str = ""
    target: str = ""
    value: str = ""
    priority: int = 100
    enabled: bool = True

    def document(self) -> dict[str, Any]:
        """Return the fields as they are kept."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "RuleText":
        """Return the text of a kept document; documents of earlier days have fewer fields."""
        return cls(**{field.name: document[field.name] for field in fields(cls) if field.name in document})


def read_rule(logic: Any) -> Rule:
    """Parse a logic and check its variables; whether its flags exist is for the book to say.

    Raises:
        Invalid: with the place in the logic and what is wrong there.
    """
    rule = parsed(logic)
    require_known(name for name in rule.variables if not name.startswith(PREFIX))
    return rule


def parsed(logic: Any) -> Rule:
    """Parse a logic, whatever its variables.

    Raises:
        Invalid: with the place in the logic and what is wrong there.
    """
    if not isinstance(logic, dict | str | bool):
        raise Invalid('A rule is a JsonLogic object, such as {"and": […]}.')
    try:
        rule = parse(logic)
        build(rule)
    except RulesError as error:
        raise Invalid(f"The rule cannot be read: {error}") from error
    _require_writable("the rule", rule.canonical)
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


def require_sound(name: str, text: RuleText) -> None:
    """Check all of a text but its logic.

    Raises:
        Invalid: a name nothing can refer to, an unknown purpose, target or value, a priority out of range.
    """
    if not _NAME.fullmatch(name):
        raise Invalid(f"“{name}” is no name of a rule: small letters, digits, - and _, at most 80.")
    policy(text.null_policy)
    if text.purpose not in list(Purpose):
        known = ", ".join(each for each in Purpose if each)
        raise Invalid(f"“{text.purpose}” is no purpose; {known} are, and none for a selection.")
    if not isinstance(text.enabled, bool):
        raise Invalid("A rule is enabled or it is not.")
    if isinstance(text.priority, bool) or text.priority not in _PRIORITIES:
        raise Invalid(f"The priority must be a whole number from 0 to {_PRIORITIES[-1]}.")
    if not all(isinstance(each, str) for each in (text.description, text.datasets, text.target, text.value)):
        raise Invalid("Description, datasets, target and value of a rule are texts.")
    if len(text.description) > _LONGEST_TEXT:
        raise Invalid(f"A description has at most {_LONGEST_TEXT:,} characters.")
    for word in ("description", "datasets", "target", "value"):
        _require_writable(word, getattr(text, word))
    _require_target(Purpose(text.purpose), text.target, text.value)


def _require_writable(what: str, words: str) -> None:
    # JSON may hold half of a surrogate pair, UTF-8 may not
    try:
        words.encode()
    except UnicodeEncodeError as error:
        half = ascii(words[error.start])
        raise Invalid(f"A text in {what} holds {half}, half of a surrogate pair; give the whole.") from error


def _require_target(purpose: Purpose, target: str, value: str) -> None:
    if purpose not in LISTED:
        if target or value:
            raise Invalid("Only a rule of a decision list has a target and a value.")
        return
    sound, wanted = _TARGETS[purpose]
    if not sound(target, value):
        raise Invalid(f"A rule for {purpose} {wanted}; “{target}” and “{value}” are given.")


def _verdict(target: str, value: str) -> bool:
    return "-" in target and value in {status.name for status in SETTABLE}


_TARGETS: Mapping[Purpose, tuple[Callable[[str, str], bool], str]] = MappingProxyType(
    {
        Purpose.CLASS: (
            lambda target, value: target == "class" and bool(value.strip()),
            "has the target class and a class as its value",
        ),
        Purpose.SIGNIFICANCE: (
            lambda target, value: target == "significant" and value in ("true", "false"),
            "has the target significant and the value true or false",
        ),
        Purpose.ONLINE_VERDICT: (_verdict, "has a column as its target and a status as its value"),
        Purpose.OFFLINE_DEFAULT: (_verdict, "has a column as its target and a status as its value"),
        Purpose.DERIVED_VERDICT: (_verdict, "has a column as its target and a status as its value"),
        Purpose.WORKSPACE_SIGNIFICANCE: (
            lambda target, value: target in LEVEL_OF and value in (State.OPEN, State.NOT_SIGNIFICANT),
            f"has a workspace as its target and {State.OPEN} or {State.NOT_SIGNIFICANT} as its value",
        ),
    }
)
