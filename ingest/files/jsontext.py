"""JSON documents with the place of what is wrong in them, and duplicate keys seen."""

import json
import re
from pathlib import Path

from ingest.files.report import Findings, shown
from ingest.files.text import document


class Pairs(list[tuple[str, object]]):
    """A JSON object as it was written: pairs in order, duplicates included."""


class _Constant(ValueError):
    """NaN or Infinity, which are not JSON."""


def parsed(path: Path, findings: Findings) -> tuple[object, str] | None:
    """Return a document's value, objects as `Pairs`, and its text; None when it cannot be read."""
    text = document(path, findings)
    if text is None:
        return None
    try:
        return json.loads(text, object_pairs_hook=Pairs, parse_constant=_refuse), text
    except json.JSONDecodeError as error:
        is_cut = error.pos >= len(text.rstrip())
        found = "the end of the file" if is_cut else shown(text[error.pos : error.pos + 20])
        findings.bad(error.lineno, f"JSON ({error.msg.lower()})", found)
    except _Constant as error:
        findings.bad(line_at(text, text.find(str(error))), "a JSON value", str(error))
    except ValueError as error:
        findings.bad(0, "JSON with numbers of a sensible length", shown(str(error)))
    except RecursionError:
        findings.bad(0, "a JSON object of lists", "thousands of nested brackets")
    return None


def line_at(text: str, offset: int) -> int:
    """Return the line number of an offset; an unknown place is line 1."""
    return text.count("\n", 0, max(offset, 0)) + 1


def key_place(text: str, key: str, occurrence: int = 0) -> int:
    """Return the offset of the given occurrence of a key, or -1."""
    written = re.compile(re.escape(json.dumps(key, ensure_ascii=False)) + r"\s*:")
    places = [match.start() for match in written.finditer(text)]
    return places[occurrence] if occurrence < len(places) else -1


def item_place(text: str, start: int, index: int) -> int:
    """Return the offset of a list's item, the list being the next one after `start`."""
    at = text.find("[", start) + 1
    depth = seen = 0
    for place in range(at, len(text)):
        char = text[place]
        if depth == 0 and char == "]":
            break
        if depth == 0 and seen == index and not char.isspace() and char != ",":
            return place
        depth += (char in "[{") - (char in "]}")
        seen += depth == 0 and char == ","
    return start


def _refuse(name: str) -> object:
    raise _Constant(name)
