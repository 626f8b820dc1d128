"""Refusals of the rule language, each with a sentence for the person who wrote the rule."""

from collections.abc import Sequence


class RulesError(Exception):
    """Anything the rule language refuses."""


class RuleError(RulesError):
    """A rule that cannot be accepted, with the place and the reason.

    Args:
        pointer: JSON pointer to the offending part of the rule ("" is the whole rule).
        code: a stable name of the refusal, for programs.
        message: the sentence for a person.
    """

    def __init__(self, pointer: str, code: str, message: str) -> None:
        super().__init__(f"{message} (at {pointer})" if pointer else message)
        self.pointer = pointer
        self.code = code
        self.message = message


class UnknownVariable(RulesError):
    """A variable that is no column of the data."""

    def __init__(self, name: str, suggestions: Sequence[str] = ()) -> None:
        hint = f" Did you mean {' or '.join(suggestions)}?" if suggestions else ""
        super().__init__(f"There is no variable called {name}.{hint}")
        self.name = name
        self.suggestions = tuple(suggestions)


class UnknownFlag(UnknownVariable):
    """A flag that no rule defines."""

    def __init__(self, name: str, suggestions: Sequence[str] = ()) -> None:
        super().__init__(f"flag.{name}", [f"flag.{each}" for each in suggestions])


class FlagCycle(RulesError):
    """A flag that would need its own answer; the path leads from it back to it."""

    def __init__(self, path: Sequence[str]) -> None:
        super().__init__(f"These flags read each other in a circle: {' → '.join(path)}.")
        self.path = tuple(path)


class TooManyCombinations(RulesError):
    """A clause over several columns that would need too many evaluations."""

    def __init__(self, pointer: str, count: int, limit: int) -> None:
        super().__init__(
            f"This clause combines its variables in {count:,} different ways; at most {limit:,} can be"
            f" evaluated (at {pointer or 'the top'}). Compare the variables with constants instead."
        )
        self.pointer = pointer
        self.count = count
        self.limit = limit


class TooMuchWork(RulesError):
    """A clause whose evaluation over so many different values could take too long."""

    def __init__(self, pointer: str, count: int) -> None:
        super().__init__(
            f"This clause could take too long on {count:,} different values (at {pointer or 'the top'})."
            " Loop over fewer elements, or compare the variable with constants."
        )
        self.pointer = pointer
        self.count = count


class NotEvaluable(RulesError):
    """An operation that has no value, such as a product of nothing."""


class BadTable(RulesError):
    """Columns that do not fit each other, or codes without a value."""
