"""Long lists, cut: both stores bound the number of parameters of one statement."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

AT_ONCE = 500
T = TypeVar("T")


def pieces(items: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    """Yield what is in a row in pieces of one size, the last one of what is left."""
    rest = iter(items)
    while piece := list(islice(rest, size)):
        yield piece
