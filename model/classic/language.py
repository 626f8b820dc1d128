"""Reading a filter of the published client: JSON in, a checked tree out.

{"run_number": {"and": [{">": 309000}, {"<": 310000}]}}     members of one object hold together
{"or": [{"rr_attributes.class": "Collisions24"}, …]}         and, or: lists of filters, to any depth
{"oms_attributes.hlt_key": {"like": "%physics%", "notlike": "%special%"}}
A bare value stands for `=`, a list for one of its values. `AND`, `LIKE`, … may be in capitals; `like` does not
mind capitals in what it looks for, and a backslash takes `%` or `_` at its word.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from model.errors import Invalid

#: what a filter may compare with
Value: TypeAlias = str | int | float | bool | None
ORDERS = ("<", "<=", ">", ">=")
_EQUAL = ("=", "<>")
_LIKE = ("like", "notlike")
#: of the samples of a dataset
CONTAINS = "contains"
_JOINTS = ("and", "or")
DEEPEST, MOST_CONDITIONS, MOST_VALUES = 100, 200, 20_000
LONGEST_TEXT = 2_000
_KEY = re.compile(r"[A-Za-z0-9_]+(?:\.[A-Za-z0-9_-]+){0,2}")
#: sent by the pages of the system in use, and of no consequence there either
_IGNORED = ("workspace",)


@dataclass(frozen=True)
class Leaf:
    """One condition on a key: how it compares, and with which values (one, but for `in` and `not in`)."""

    key: str
    how: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Joint:
    """Parts of which all must hold, or one."""

    is_every: bool
    parts: tuple["Filter", ...]

    @cached_property
    def depth(self) -> int:
        """How deep it is nested."""
        return 1 + max((part.depth for part in self.parts if isinstance(part, Joint)), default=0)


Filter: TypeAlias = Joint | Leaf
EVERYTHING = Joint(True, ())


def parse(source: Any) -> Filter:
    """Read a filter.

    Raises:
        Invalid: it is none, or too long or too deep; the part that is not understood is named.
    """
    return _Reader().filter(source, 0)


class _Reader:
    """One reading; counts the values."""

    def __init__(self) -> None:
        self.values = 0

    def filter(self, node: Any, depth: int) -> Filter:
        if not isinstance(node, Mapping):
            raise Invalid(f"{_shown(node)} is no filter: it must be a JSON object.")
        return _joined(True, [self._member(k, v, depth + 1) for k, v in node.items() if k not in _IGNORED])

    def _member(self, key: str, node: Any, depth: int) -> Filter:
        self._deeper(depth)
        if (joint := key.lower()) in _JOINTS:
            return _joined(joint == "and", [self.filter(each, depth + 1) for each in _list(key, node)])
        if not _KEY.fullmatch(key):
            raise Invalid(f"{_shown(key)} is nothing that can be filtered by.")
        return self._condition(key, node, depth)

    def _condition(self, key: str, node: Any, depth: int) -> Filter:
        if not isinstance(node, Mapping):
            return self._leaf(key, "=", node)
        return _joined(True, [self._part(key, how, said, depth + 1) for how, said in node.items()])

    def _part(self, key: str, how: str, node: Any, depth: int) -> Filter:
        self._deeper(depth)
        if (joint := how.lower()) in _JOINTS:
            return _joined(joint == "and", [self._condition(key, each, depth + 1) for each in _list(how, node)])
        return self._leaf(key, how.lower(), node)

    def _leaf(self, key: str, how: str, node: Any) -> Leaf:
        values = tuple(node) if isinstance(node, list) else (node,)
        self.values += len(values)
        if self.values > MOST_VALUES:
            raise Invalid(f"A filter has at most {MOST_VALUES:,} values.")
        for value in values:
            _require_value(key, value)
        if how in _EQUAL:
            if not isinstance(node, list):
                return Leaf(key, how, values)
            if None in values:
                raise Invalid(f"{key}: a list cannot hold null.")
            return Leaf(key, "in" if how == "=" else "not in", values)
        if how not in (*ORDERS, *_LIKE, CONTAINS):
            raise Invalid(f"{key}: {_shown(how)} is no way to compare; = <> > < >= <= like notlike are.")
        is_text = isinstance(node, str)
        if isinstance(node, list) or node is None or (how in (*_LIKE, CONTAINS) and not is_text):
            raise Invalid(f"{key}: {how} cannot compare with {_shown(node)}.")
        if how in _LIKE and (len(node) - len(node.rstrip("\\"))) % 2:
            raise Invalid(f"{key}: {_shown(node)} ends with a backslash, which must have something behind it.")
        return Leaf(key, how, values)

    def _deeper(self, depth: int) -> None:
        # a filter and its members take two steps down for each level that was written
        if depth > 2 * DEEPEST:
            raise Invalid(f"A filter is nested at most {DEEPEST} deep.")


def _joined(is_every: bool, parts: Iterable[Filter]) -> Filter:
    """Return parts as one, without brackets that change nothing."""
    found: list[Filter] = []
    for part in parts:
        if isinstance(part, Joint) and part.is_every == is_every:
            found += part.parts
        else:
            found.append(part)
    return found[0] if len(found) == 1 else Joint(is_every, tuple(found))


def _list(joint: str, node: Any) -> list[Any]:
    if not isinstance(node, list):
        raise Invalid(f"{joint} needs a list, not {_shown(node)}.")
    return node


def _require_value(key: str, value: Any) -> None:
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise Invalid(f"{key}: a text has at most {LONGEST_TEXT:,} characters.")
    elif isinstance(value, float) and not math.isfinite(value):
        raise Invalid(f"{key}: a number must be finite.")
    elif not isinstance(value, int | float | None):
        raise Invalid(f"{key}: {_shown(value)} is no value to compare with.")


def _shown(node: Any) -> str:
    # what is deep is not written out
    said = type(node).__name__ if isinstance(node, dict | list) else str(node)
    named = {"dict": "an object", "list": "a list", "None": "null", "True": "true", "False": "false"}
    return named.get(said, f"“{said[:60]}{'…' if len(said) > 60 else ''}”")
