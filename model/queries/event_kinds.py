"""Every kind of event with its fields, as the facts themselves say: what `docs/events.md` and the API tell."""

import inspect
import re
from dataclasses import MISSING, dataclass, fields

from model import events

_WORDS = (
    (r"tuple\[Span, \.\.\.\]", "list of [first, last]"),
    (r"Mapping\[str, tuple\[tuple\[int, int, Json\], \.\.\.\]\]", "object of lists of [first, last, value]"),
    (r"tuple\[Mapping\[str, Json\], \.\.\.\]", "list of objects"),
    (r"tuple\[str, \.\.\.\]", "list of strings"),
    (r"tuple\[int, \.\.\.\]", "list of integers"),
    (r"Mapping\[str, str\]", "object of strings"),
    (r"Mapping\[str, int\]", "object of integers"),
    (r"Mapping\[str, Json\]", "object"),
    ("Json", "any JSON"),
    ("str", "string"),
    ("int", "integer"),
    ("bool", "true or false"),
)


@dataclass(frozen=True)
class Field:
    """One field of a payload; an optional one may be missing from older events and then is as by default."""

    name: str
    type: str
    is_optional: bool


@dataclass(frozen=True)
class Kind:
    """One kind of event: its sentences and its fields in order."""

    name: str
    says: str
    fields: tuple[Field, ...]


def kinds() -> list[Kind]:
    """Return every kind of event, by name."""
    return [_kind(name, cls) for name, cls in sorted(events.KINDS.items())]


def markdown() -> str:
    """Return the kinds as the documentation lists them."""
    parts = []
    for kind in kinds():
        lines = [f"### `{kind.name}`", "", kind.says, "", "| field | is |", "|---|---|"]
        lines += [f"| `{f.name}` | {f.type}{' (optional)' if f.is_optional else ''} |" for f in kind.fields]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _kind(name: str, cls: type[events.Event]) -> Kind:
    found = [
        Field(f.name, _type(f.type), f.default is not MISSING or f.default_factory is not MISSING)
        for f in fields(cls)
    ]
    return Kind(name, " ".join(inspect.getdoc(cls).split()), tuple(found))  # type: ignore[union-attr]  # a test asks each for its sentence


def _type(annotation: object) -> str:
    written = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    plain = re.sub(r"\b(?:collections\.abc|typing)\.|typing\.", "", written)
    plain = plain.replace("tuple[int, int]", "Span").replace("Any", "Json")
    for pattern, words in _WORDS:
        if re.fullmatch(pattern, plain):
            return words
    raise ValueError(f"no word for a field of type {plain}")
