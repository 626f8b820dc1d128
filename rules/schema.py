"""What a rule may read: variables with type, values and words, and names that are near to a wrong one."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Literal

from rules.flags import PREFIX
from rules.syntax import canonical_text, suggest

Kind = Literal["boolean", "number", "text", "choice", "list"]
#: so many names that share most with a wrong one are compared with it letter by letter
_COMPARED = 12


@dataclass(frozen=True)
class Variable:
    """One variable by its whole path.

    Args:
        kind: what it holds; a choice is a text out of `values`.
        nullable: whether it can be null or missing.
        lowest, highest: smallest and largest number it can hold, in `unit`; None where there is no limit.
        level: what it is a property of, in the words of whoever declares it.
    """

    path: str
    kind: Kind
    nullable: bool = True
    values: tuple[str, ...] = ()
    unit: str = ""
    lowest: float | None = None
    highest: float | None = None
    doc: str = ""
    level: str = ""


class Schema:
    """The variables a rule may read."""

    def __init__(self, variables: Iterable[Variable]) -> None:
        self._by_path: Mapping[str, Variable] = {each.path: each for each in variables}

    def __contains__(self, path: object) -> bool:
        """Tell whether there is a variable of that path."""
        return path in self._by_path

    def __iter__(self) -> Iterator[Variable]:
        """Yield the variables in their order."""
        return iter(self._by_path.values())

    def __len__(self) -> int:
        """Return how many variables there are."""
        return len(self._by_path)

    def get(self, path: str) -> Variable | None:
        """Return the variable of a path, None where there is none."""
        return self._by_path.get(path)

    def suggest(self, path: str) -> tuple[str, ...]:
        """Return up to three paths a wrong one may have meant, likeliest first.

        The last part says most: a right name behind a wrong prefix comes first.
        """
        last = path.rpartition(".")[2]
        same = sorted(each for each in self._by_path if last and each.rpartition(".")[2] == last)
        shared = Counter(each for part in _parts(path) for each in self._with_part.get(part, ()))
        near = suggest(path, (each for each, _ in shared.most_common(_COMPARED)))
        return tuple(dict.fromkeys((*same, *near)))[:3]

    def with_flags(self, names: Iterable[str]) -> "Schema":
        """Return the schema with a variable for each flag."""
        flags = (Variable(PREFIX + name, "boolean", False, doc="a rule", level="flag") for name in names)
        return Schema([*self, *flags])

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of all that it declares."""
        return hashlib.sha256(canonical_text([asdict(each) for each in self]).encode()).hexdigest()

    @cached_property
    def _with_part(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self._by_path):
            for part in _parts(path):
                found[part].append(path)
        return found


def _parts(path: str) -> set[str]:
    """Return every two neighbouring letters of a path."""
    folded = path.casefold()
    return {folded[place : place + 2] for place in range(len(folded) - 1)}
