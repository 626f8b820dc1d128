"""Accepted datasets: which datasets a run of a class gets, and which samples of the DQM GUI belong to them.

Patterns are regular expressions that people write. They run in RE2, which takes time in proportion to the
text whatever the pattern is, and therefore knows no back references and no looking around.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import re2
from sqlalchemy import Connection

from model.errors import Invalid
from model.queries import documents
from model.vocabulary import FIRST_CMS_RUN

KIND = "accepted-datasets"
_LONGEST_PATTERN, _LONGEST_NAME, _MOST_PATTERNS = 500, 300, 50
_MEMORY = 1 << 20


@dataclass(frozen=True)
class Accepted:
    """One row: runs of a class in a range get a dataset, made of the samples that its patterns match."""

    name: str
    patterns: tuple[str, ...]
    run_from: int
    run_to: int
    run_class: str
    enabled: bool = True

    def is_for(self, run_number: int, run_class: str) -> bool:
        """Tell whether a run gets this dataset."""
        return self.enabled and self.run_class == run_class and self.run_from <= run_number <= self.run_to

    def document(self) -> dict[str, Any]:
        """Return the row as it is kept."""
        return {
            "patterns": list(self.patterns),
            "run_from": self.run_from,
            "run_to": self.run_to,
            "class": self.run_class,
            "enabled": self.enabled,
        }


@dataclass(frozen=True)
class Tried:
    """What patterns make of sample names: those that match, each with its first pattern, and the rest."""

    matching: Mapping[str, str]
    others: tuple[str, ...]


def accepted(connection: Connection, at: int | None = None) -> list[Accepted]:
    """Return every row, by name and in the order in which it was written."""
    return [
        Accepted(name, tuple(r["patterns"]), r["run_from"], r["run_to"], r["class"], r["enabled"])
        for name, rows in documents.documents(connection, KIND, at).items()
        for r in rows
    ]


def of_run(rows: Iterable[Accepted], run_number: int, run_class: str) -> dict[str, tuple[str, ...]]:
    """Return the datasets a run gets, each with the patterns of all its rows."""
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        if row.is_for(run_number, run_class):
            found[row.name] = tuple(dict.fromkeys((*found.get(row.name, ()), *row.patterns)))
    return found


def looked_for(rows: Iterable[Accepted], words: str) -> list[Accepted]:
    """Return the rows whose range holds a run number, or whose name, class or patterns contain the words."""
    if words.isdecimal():
        return [row for row in rows if row.enabled and row.run_from <= int(words) <= row.run_to]
    low = words.lower()
    return [row for row in rows if low in "\n".join((row.name, row.run_class, *row.patterns)).lower()]


def try_patterns(patterns: Sequence[str], names: Iterable[str]) -> Tried:
    """Match whole sample names.

    Raises:
        Invalid: a pattern is too long or cannot be read.
    """
    # a blank line would match a blank name, and in the system in use everything
    compiled = [(pattern, _compiled(pattern)) for pattern in patterns if pattern.strip()]
    matching: dict[str, str] = {}
    others = []
    for name in dict.fromkeys(names):
        hit = next((text for text, one in compiled if len(name) <= _LONGEST_NAME and one.fullmatch(name)), None)
        if hit is None:
            others.append(name)
        else:
            matching[name] = hit
    return Tried(matching, tuple(others))


def require_sound(row: Accepted) -> None:
    """Let through a row that can be kept.

    Raises:
        Invalid: no name or class, a reversed range of runs, too many patterns or one that cannot be read.
    """
    if not row.name.strip("/ ") or not row.run_class.strip():
        raise Invalid("An accepted dataset needs a name and a run class.")
    if not row.name.startswith("/"):
        raise Invalid(f"“{row.name}” begins with no slash; write “/{row.name}”.")
    if not FIRST_CMS_RUN <= row.run_from <= row.run_to:
        raise Invalid(
            f"Runs {row.run_from} to {row.run_to} are no range: it begins at {FIRST_CMS_RUN} or later "
            "and is not reversed."
        )
    if not 0 < len(row.patterns) <= _MOST_PATTERNS:
        raise Invalid(f"{row.name} needs 1 to {_MOST_PATTERNS} patterns.")
    for pattern in row.patterns:
        _compiled(pattern)


def _compiled(pattern: str) -> Any:
    if not pattern.strip() or len(pattern) > _LONGEST_PATTERN:
        raise Invalid(f"A pattern has 1 to {_LONGEST_PATTERN} characters.")
    options = re2.Options()
    options.max_mem, options.log_errors = _MEMORY, False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        said = error.args[0]
        why = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        raise Invalid(f"“{pattern}” is no pattern: {why}.") from error
