"""Which functions can come to write: those from whose code a turn with the journal's lock is reached."""

import inspect
from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

_ROOMS = ("callbacks", "api", "model")
#: the one way to the lock
_LOCK = "writing"


def can_write(function: Any, seen: set[Any] | None = None) -> bool:
    """Tell whether a function, or one that it names, asks for a turn to write."""
    seen = set() if seen is None else seen
    function = inspect.unwrap(function)
    if not isinstance(function, FunctionType) or function in seen:
        return False
    seen.add(function)
    if function.__module__.partition(".")[0] not in _ROOMS:
        return False
    names = _names(function.__code__)
    return _LOCK in names or any(can_write(named, seen) for named in _named(function, names))


def _names(code: CodeType) -> set[str]:
    inner = (_names(each) for each in code.co_consts if isinstance(each, CodeType))
    return {*code.co_names}.union(*inner)


def _named(function: FunctionType, names: set[str]) -> Iterator[Any]:
    for name in names:
        found = function.__globals__.get(name)
        if isinstance(found, ModuleType) and found.__name__.partition(".")[0] in _ROOMS:
            yield from (vars(found).get(other) for other in names)
        else:
            yield found
