"""What a check finds, kept in the order of the rule."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]
_RANK = {"error": 0, "warning": 1, "info": 2}
_LONGEST_MESSAGE = 600
_LONGEST_QUOTE = 80


@dataclass(frozen=True)
class Finding:
    """One finding.

    Args:
        severity: an error keeps a rule from being active, a warning wants a reason, an info only tells.
        code: a stable name, for programs.
        pointer: JSON pointer to the part of the rule ("" is the whole rule).
        message: the sentence for a person.
    """

    severity: Severity
    code: str
    pointer: str
    message: str

    @classmethod
    def of(cls, severity: Severity, code: str, pointer: str, message: str) -> "Finding":
        """Return a finding whose sentence can be shown and sent, whatever the rule quotes."""
        return cls(severity, code, pointer, short(message, _LONGEST_MESSAGE))


def short(text: str, longest: int = _LONGEST_QUOTE) -> str:
    """Return a text cut to a length; halves of a surrogate pair, which no UTF-8 has, are written out."""
    cut = text if len(text) <= longest else f"{text[: longest - 1]}…"
    return cut.encode("utf-8", "backslashreplace").decode("utf-8")


class Notes:
    """Findings as they are made, and the places already visited, in order."""

    def __init__(self) -> None:
        self._found: dict[Finding, None] = {}
        self._order: dict[str, int] = {}
        self._wrong: set[str] = set()

    def visit(self, pointer: str) -> None:
        """Note that a place comes next in the rule."""
        self._order.setdefault(pointer, len(self._order))

    def add(self, severity: Severity, code: str, pointer: str, message: str) -> None:
        """Note a finding, once."""
        self._found.setdefault(Finding.of(severity, code, pointer, message))
        while severity == "error" and pointer not in self._wrong:
            self._wrong.add(pointer)
            pointer = pointer.rpartition("/")[0]

    def is_wrong(self, pointer: str) -> bool:
        """Tell whether an error was found at a place or inside it."""
        return pointer in self._wrong

    def sorted(self) -> tuple[Finding, ...]:
        """Return the findings in the order of the rule, errors first at each place."""
        last = len(self._order)
        key = {each: (self._order.get(each.pointer, last), _RANK[each.severity]) for each in self._found}
        return tuple(sorted(self._found, key=lambda each: key[each]))
