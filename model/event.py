"""What every fact is: a frozen record with a name, told to the journal as its fields."""

from dataclasses import dataclass, fields
from typing import Any, ClassVar

Json = Any
#: [first, last]
Span = tuple[int, int]


@dataclass(frozen=True)
class Event:
    """The base of all facts; `kind` is the name in the journal."""

    kind: ClassVar[str]

    @property
    def subject(self) -> int | None:
        """The run this fact is about."""
        return getattr(self, "run_number", None)

    def payload(self) -> dict[str, Json]:
        """Return the fields, as they are: the journal writes them down at once."""
        return {f.name: getattr(self, f.name) for f in fields(self)}
