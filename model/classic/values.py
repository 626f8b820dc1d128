"""Values of documents in SQL: what stands under a path as number, text or truth, the same on both stores."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, ColumnElement, Double, Text, case, cast, collate, func, literal, null

Clause = ColumnElement[Any]
#: how a float is tagged in canonical JSON
_FLOAT = "$f"
_NUMBERS = ("number", "integer", "real")
_TEXTS = ("string", "text")
_TRUTHS = ("boolean", "true", "false")


@dataclass(frozen=True)
class Faces:
    """One value as each type that it may be compared as; None where it never is of that type.

    Args:
        is_plain: a column of the table itself: to compare it with another type is a mistake, not a no.
    """

    number: Clause | None = None
    text: Clause | None = None
    truth: Clause | None = None
    is_plain: bool = False


class Document:
    """A column that holds canonical JSON, on one of the two stores."""

    def __init__(self, column: Clause, *, is_sqlite: bool) -> None:
        self.column, self.is_sqlite = column, is_sqlite

    def faces(self, *path: str) -> Faces:
        """Return the value under a path; integral floats read as whole numbers, lists as their JSON text."""
        kind, raw = self._kind(path), self._raw(path)
        tagged = self._raw((*path, _FLOAT))
        number = case(
            (kind.in_(_NUMBERS), cast(raw, Double)), (kind == "object", cast(tagged, Double)), else_=null()
        )
        whole = case((tagged.like("%.0"), func.substr(tagged, 1, func.length(tagged) - 2)), else_=tagged)
        truth = self._truth(kind, raw)
        text = case(
            (kind.in_((*_NUMBERS, *_TEXTS)), cast(raw, Text)),
            (kind == "object", whole),
            (kind == "array", func.replace(raw, '","', '", "')),
            (kind.in_(_TRUTHS), case((truth, "true"), else_="false")),
            else_=null(),
        )
        return Faces(number, exact(text, is_sqlite=self.is_sqlite), truth)

    def _truth(self, kind: Clause, raw: Clause) -> Clause:
        if self.is_sqlite:
            return case((kind == "true", literal(1)), (kind == "false", literal(0)), else_=null()) == 1
        return case((kind == "boolean", raw == "true"), else_=null())

    def _kind(self, path: Sequence[str]) -> Clause:
        if self.is_sqlite:
            return func.json_type(self.column, _dotted(path))
        return func.json_typeof(func.json_extract_path(cast(self.column, JSON), *path))

    def _raw(self, path: Sequence[str]) -> Clause:
        if self.is_sqlite:
            return cast(func.json_extract(self.column, _dotted(path)), Text)
        return func.json_extract_path_text(cast(self.column, JSON), *path, type_=Text)


def exact(text: Clause, *, is_sqlite: bool) -> Clause:
    """Return a text that compares by its code points, wherever the server stands."""
    return text if is_sqlite else collate(text, "C")


def _dotted(path: Sequence[str]) -> str:
    return "$" + "".join(f'."{name}"' for name in path)
