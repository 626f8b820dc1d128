"""Rules as the system in use writes them: bare logics, rows of its tables, answers of its doors, selections."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ingest.files.report import shown
from ingest.rules import certtools
from ingest.rules.aliases import Unmapped
from ingest.rules.conventions import Convention
from ingest.rules.places import Document, Note, Refused, documents, under
from ingest.rules.rows import LOGIC, Shape, convention_of, shape_of
from rules.errors import RuleError
from rules.semantics import KNOWN_OPERATORS
from rules.syntax import parse
from rules.values import Json

#: what answers of the system in use put around their rows
_ENVELOPES = ("jsons", "final_json", "data")


@dataclass(frozen=True)
class Legacy:
    """One rule of a text.

    Args:
        rule: the logic in its own names; None where the row has none.
        notes: what was left out or is worth knowing, with lines.
        name: what it is called there; "" where nothing says.
        convention: what its names mean, None where only the names can tell.
        row: what stood beside the logic, such as `priority`.
        lines: for each JSON pointer into the rule, its line in the text.
        unmapped: what the row asks and no logic can say, with a JSON pointer into the row.
    """

    rule: Json | None
    notes: tuple[Note, ...] = ()
    name: str = ""
    shape: Shape = Shape.LOGIC
    convention: Convention | None = None
    row: Mapping[str, Json] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    unmapped: tuple[Unmapped, ...] = ()

    def line(self, pointer: str = "") -> int:
        """Return the line of a part of the rule, or of the nearest part around it."""
        while pointer and pointer not in self.lines:
            pointer = pointer.rpartition("/")[0]
        return self.lines.get(pointer, 1)


def read(text: str, convention: Convention | None = None) -> Legacy:
    """Read a text that holds one rule.

    Raises:
        Refused: it is no rule, an object has a key twice, or it holds several.
    """
    found = read_all(text, convention)
    if len(found) > 1:
        raise Refused(found[1].line(), f"expected one rule, found {len(found)}.")
    return found[0]


def read_all(text: str, convention: Convention | None = None) -> tuple[Legacy, ...]:
    """Read a text that may hold several rules, in its order.

    Args:
        convention: what the names of all of them mean; without it what their shape says.

    Raises:
        Refused: something is no rule, or an object has a key twice.
    """
    read_documents, notes = documents(text)
    found = [each for document in read_documents for each in _Reading(document, convention).rules()]
    if not found:
        raise Refused(1, "expected a rule, found an empty list.")
    return (*(_with_notes(found[0], notes),), *found[1:])


def _with_notes(first: Legacy, notes: Sequence[Note]) -> Legacy:
    return replace(first, notes=(*notes, *first.notes))


class _Reading:
    """One document of a text: finds the rules in it, whatever they are wrapped in."""

    def __init__(self, document: Document, convention: Convention | None) -> None:
        self._document = document
        self._convention = convention

    def rules(self) -> Iterator[Legacy]:
        """Yield the rules in their order."""
        return self._found(self._document.value, "", "")

    def _found(self, value: Json, pointer: str, name: str) -> Iterator[Legacy]:
        if isinstance(value, list):
            for index, each in enumerate(value):
                yield from self._found(each, under(pointer, index), name)
        elif not isinstance(value, dict):
            raise Refused(self._line(pointer), f"expected a rule, found {shown(value)}.")
        elif certtools.is_selection(value):
            yield self._selection(value, pointer, name)
        elif inside := [key for key in LOGIC if key in value]:
            yield self._row(value, pointer, name, inside)
        elif key := next((key for key in _ENVELOPES if isinstance(value.get(key), dict | list)), ""):
            yield from self._found(value[key], under(pointer, key), name)
        elif _is_named(value):
            for key, each in value.items():
                yield from self._found(each, under(pointer, key), key)
        else:
            yield self._rule(value, pointer, Legacy(None, name=name, row=self._titled({})))

    def _row(self, row: dict[str, Json], pointer: str, name: str, inside: list[str]) -> Legacy:
        if len(inside) > 1:
            raise Refused(self._line(pointer), f"expected one logic, found {' and '.join(inside)}.")
        beside = {key: value for key, value in row.items() if key not in inside}
        shape = shape_of(row)
        called = str(row["name"]) if shape is Shape.SAVED else name
        empty = Legacy(None, (), called, shape, convention_of(shape), self._titled(beside))
        here = under(pointer, inside[0])
        value = row[inside[0]]
        if value is None or value == "":
            note = Note(self._line(here), f"“{inside[0]}” is empty: there is no rule")
            return replace(empty, notes=(note,), lines={"": self._line(here)})
        if isinstance(value, str):
            return self._text(value, here, empty)
        return self._rule(value, here, empty)

    def _text(self, text: str, pointer: str, empty: Legacy) -> Legacy:
        line = self._line(pointer)
        try:
            inner, notes = documents(text)
            if len(inner) > 1:
                raise Refused(1, f"expected one rule, found {len(inner)}.")
            read_rule = _Reading(inner[0], self._convention)._rule(inner[0].value, "", empty)
        except Refused as error:
            raise Refused(line, f"in the text of the rule, {error}") from error
        return replace(read_rule, notes=tuple(Note(line, each.message) for each in notes), lines={"": line})

    def _rule(self, value: Json, pointer: str, empty: Legacy) -> Legacy:
        lines = {
            each.removeprefix(pointer): line
            for each, line in self._document.lines.items()
            if each == pointer or each.startswith(f"{pointer}/")
        }
        found = replace(empty, lines=lines, convention=self._convention or empty.convention)
        if not isinstance(value, dict):
            raise Refused(found.line(), f"expected a rule, found {shown(value)}.")
        try:
            return replace(found, rule=parse(value).ast)
        except RuleError as error:
            raise Refused(found.line(error.pointer), str(error)) from error

    def _selection(self, criteria: dict[str, Json], pointer: str, name: str) -> Legacy:
        try:
            read_selection = certtools.selection(criteria)
        except certtools.BadCriterion as error:
            raise Refused(self._line(under(pointer, error.key)), str(error)) from error
        line = self._line(pointer)
        notes = tuple(Note(line, remark) for remark in read_selection.remarks)
        row = {**criteria, "dataset": read_selection.datasets}
        empty = Legacy(None, notes, name, Shape.SELECTION, Convention.V3, row, {"": line})
        return replace(empty, rule=read_selection.logic, unmapped=read_selection.unmapped)

    def _titled(self, row: dict[str, Json]) -> dict[str, Json]:
        return {"title": self._document.title, **row} if self._document.title else row

    def _line(self, pointer: str) -> int:
        return self._document.lines.get(pointer, self._document.lines[""])


def _is_named(value: Mapping[str, Json]) -> bool:
    """Tell whether an object holds rules by name, and is no operation written wrongly."""
    inner = [each for each in value.values() if isinstance(each, dict)]
    if not inner or len(inner) < len(value) or any(key in KNOWN_OPERATORS for key in value):
        return False
    return len(inner) > 1 or certtools.is_selection(inner[0]) or any(key in inner[0] for key in LOGIC)
