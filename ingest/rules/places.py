"""JSON as people keep it: comments, a title line, commas too many; every part with the line it stands on."""

import json
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from ingest.files.report import shown
from rules.values import Json

BOM = "\ufeff"
DEEPEST = 200
_BLANKS = " \t\n"
_COMMENTS = {"//": "\n", "/*": "*/"}
_NEVER_IN_A_TITLE = '"]}'


class Refused(Exception):
    """A text that is no rule of any known shape; `line` is where, from 1."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(f"line {line}: {sentence}")
        self.line = line
        self.sentence = sentence


@dataclass(frozen=True)
class Note:
    """Something that was left out or read in a way worth knowing, with its line."""

    line: int
    message: str


@dataclass(frozen=True)
class Document:
    """One JSON value of a text.

    Args:
        lines: for each JSON pointer, the line on which the part begins.
        title: what stood before it, such as the name of a dataset.
    """

    value: Json
    lines: Mapping[str, int]
    title: str = ""


def documents(text: str) -> tuple[tuple[Document, ...], tuple[Note, ...]]:
    """Return the JSON values of a text, and what was left out to read them.

    Raises:
        Refused: what is left is no JSON, or an object has a key twice.
    """
    reader = _Reader(text)
    found = []
    while reader.begin():
        found.append(reader.document())
    if not found:
        raise Refused(1, "expected a rule, found no “{”.")
    return tuple(found), tuple(sorted(reader.notes, key=lambda note: note.line))


def under(pointer: str, key: str | int) -> str:
    """Return the JSON pointer of a part of what stands at `pointer`."""
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"


def _integer(text: str) -> int | float:
    return int(text) if len(text) < 17 else float(text)


def _constant(name: str) -> NoReturn:
    raise ValueError(name)


_SCALARS = json.JSONDecoder(parse_int=_integer, parse_constant=_constant)


class _Reader:
    """Reads a text from its beginning; nothing is guessed, what is left out becomes a note."""

    def __init__(self, text: str) -> None:
        self.notes: list[Note] = []
        self._text = self._plain(text)
        self._starts = [0, *(match.end() for match in re.finditer("\n", self._text))]
        self._at = 0
        self._lines: dict[str, int] = {}

    def _plain(self, text: str) -> str:
        if text.startswith(BOM):
            self.notes.append(Note(1, "a byte order mark was left out"))
        if "\r" in text:
            self.notes.append(Note(1, "line ends with carriage returns were read as plain ones"))
        return text.removeprefix(BOM).replace("\r\n", "\n").replace("\r", "\n")

    def begin(self) -> bool:
        """Go to the next value or title; tell whether there is one."""
        self._skip()
        return self._at < len(self._text)

    def document(self) -> Document:
        """Read one value with the title before it."""
        titles, line = [], self._line()
        while self._text[self._at] not in "{[":
            titles.append(self._title())
            if not self.begin():
                raise Refused(line, f"expected a rule below {shown(titles[-1])}, found the end of the text.")
        self._lines = {}
        value = self._value("", 0)
        return Document(value, self._lines, " ".join(titles))

    def _title(self) -> str:
        end = min(self._next("\n"), self._next("{"))
        title = self._text[self._at : end].strip()
        if any(char in title for char in _NEVER_IN_A_TITLE):
            self._refuse("a rule", self._here())
        self.notes.append(Note(self._line(), f"the title {shown(title)} was left out"))
        self._at = end
        return title

    def _next(self, char: str) -> int:
        found = self._text.find(char, self._at)
        return found if found >= 0 else len(self._text)

    def _value(self, pointer: str, depth: int) -> Json:
        self._lines[pointer] = self._line()
        if depth > DEEPEST:
            self._refuse("a rule", f"more than {DEEPEST} nested brackets")
        if self._char() == "{":
            return self._object(pointer, depth)
        return self._list(pointer, depth) if self._char() == "[" else self._scalar()

    def _scalar(self) -> Json:
        try:
            value, self._at = _SCALARS.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            self._at = error.pos
            self._refuse(f"JSON ({error.msg.lower()})", self._here())
        except ValueError as error:
            self._refuse("a JSON value", str(error))
        scalar: Json = value
        return scalar

    def _object(self, pointer: str, depth: int) -> Json:
        found: dict[str, Json] = {}
        written: dict[str, int] = {}
        self._at += 1
        while not self._closes("}", is_first=not found):
            line = self._line()
            if self._char() != '"':
                self._refuse("a key in double quotes", self._here())
            key = str(self._scalar())
            if key in written:
                raise Refused(line, f"expected each key once, found {shown(key)} again (line {written[key]}).")
            written[key] = line
            self._skip()
            if self._char() != ":":
                self._refuse("“:” after a key", self._here())
            self._at += 1
            self._skip()
            found[key] = self._value(under(pointer, key), depth + 1)
        return found

    def _list(self, pointer: str, depth: int) -> Json:
        found: list[Json] = []
        self._at += 1
        while not self._closes("]", is_first=not found):
            found.append(self._value(under(pointer, len(found)), depth + 1))
        return found

    def _closes(self, end: str, *, is_first: bool) -> bool:
        """Go to the next item; tell whether the object or list ends instead."""
        self._skip()
        if not is_first and self._char() != end:
            if self._char() != ",":
                self._refuse(f"“,” or “{end}”", self._here())
            line = self._line()
            self._at += 1
            self._skip()
            if self._char() == end:
                self.notes.append(Note(line, f"the comma before “{end}” was left out"))
        if self._char() != end:
            return False
        self._at += 1
        return True

    def _skip(self) -> None:
        """Go over blanks and comments."""
        while True:
            while self._char() and self._char() in _BLANKS:
                self._at += 1
            opening = self._text[self._at : self._at + 2]
            if opening not in _COMMENTS:
                return
            end = self._text.find(_COMMENTS[opening], self._at + 2) + len(_COMMENTS[opening])
            if end < len(_COMMENTS[opening]):
                if opening == "/*":
                    self._refuse("“*/” after “/*”", "the end of the text")
                end = len(self._text)
            words = shown(self._text[self._at : end].strip())
            self.notes.append(Note(self._line(), f"the comment {words} was left out"))
            self._at = end

    def _char(self) -> str:
        return self._text[self._at : self._at + 1]

    def _here(self) -> str:
        return shown(self._text[self._at : self._at + 20]) if self._char() else "the end of the text"

    def _line(self) -> int:
        return bisect_right(self._starts, self._at)

    def _refuse(self, expected: str, found: str) -> NoReturn:
        line = self._line()
        column = self._at - self._starts[line - 1] + 1
        raise Refused(line, f"expected {expected}, found {found} (column {column}).")
