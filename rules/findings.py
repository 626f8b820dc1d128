"""What a check finds, kept in the order of the rule."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]
_RANK = {"error": 0, "warning": 1, "info": 2}


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


class Notes:
    """Findings as they are made, and the places already visited, in order."""

    def __init__(self) -> None:
        self._found: dict[Finding, None] = {}
        self._order: dict[str, int] = {}

    def visit(self, pointer: str) -> None:
        """Note that a place comes next in the rule."""
        self._order.setdefault(pointer, len(self._order))

    def add(self, severity: Severity, code: str, pointer: str, message: str) -> None:
        """Note a finding, once."""
        self._found.setdefault(Finding(severity, code, pointer, message))

    def is_wrong(self, pointer: str) -> bool:
        """Tell whether an error was found at a place or inside it."""
        inside = f"{pointer}/"
        return any(
            each.severity == "error" and (each.pointer == pointer or each.pointer.startswith(inside))
            for each in self._found
        )

    def sorted(self) -> tuple[Finding, ...]:
        """Return the findings in the order of the rule, errors first at each place."""
        last = len(self._order)
        key = {each: (self._order.get(each.pointer, last), _RANK[each.severity]) for each in self._found}
        return tuple(sorted(self._found, key=lambda each: key[each]))
