"""Names of datasets chosen as SQL's SIMILAR TO does: `%` any text, `_` one letter, `(A|B)`, `[…]`, `*`."""

from collections.abc import Iterable
from typing import Any

import re2

from model.errors import Invalid

_LONGEST, _MEMORY = 500, 1 << 20
_OF = {"%": ".*", "_": "."}
#: letters of a regular expression that mean nothing more in SIMILAR TO
_LITERAL = ".^$"


def similar(pattern: str, names: Iterable[str]) -> list[str]:
    """Return the names that a pattern matches from end to end.

    Raises:
        Invalid: it is blank, too long, or cannot be read.
    """
    if not pattern.strip() or len(pattern) > _LONGEST:
        raise Invalid(f"A filter of dataset names has 1 to {_LONGEST} characters, such as /PromptReco/%/DQM.")
    compiled = _compiled(pattern)
    return [name for name in names if compiled.fullmatch(name)]


def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.max_mem, options.log_errors, options.dot_nl = _MEMORY, False, True
    try:
        return re2.compile(_expression(pattern), options)
    except re2.error as error:
        said = error.args[0]
        why = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        raise Invalid(f"“{pattern}” is no filter of dataset names: {why}.") from error


def _expression(pattern: str) -> str:
    found = []
    letters = iter(pattern)
    is_inside = False
    for letter in letters:
        if letter == "\\":
            found.append(re2.escape(next(letters, "\\")))
        elif is_inside:
            found.append(letter)
        else:
            found.append("\\" + letter if letter in _LITERAL else _OF.get(letter, letter))
        is_inside = letter == "[" or (is_inside and letter != "]")
    return "".join(found)
