"""Answers that go wrong on demand: the next so many requests of a path."""

import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulators.oms.query import Refused

#: what can go wrong instead of an answer, or with it
INSTEAD = ("429", "500", "302", "401", "reset", "html")
WITH_ROWS = ("slow", "missing", "duplicate", "shuffle", "truncate")


@dataclass
class Fault:
    """One thing that goes wrong `count` times more.

    Args:
        seconds: how long to be slow, or after how long a 429 says to come back.
        attribute: what is missing from the rows.
    """

    kind: str
    count: int = 1
    path: str = ""
    seconds: float = 0.0
    attribute: str = ""


class Faults:
    """What is still to go wrong, in the order it was asked for."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []
        self._lock = threading.Lock()
        self.happened = 0

    def plan(self, wish: Mapping[str, Any]) -> None:
        """Let something go wrong.

        Raises:
            Refused: no such kind of fault.
        """
        fault = Fault(**wish)
        if fault.kind not in INSTEAD + WITH_ROWS:
            raise Refused(f"unknown fault {fault.kind}; there are {', '.join(INSTEAD + WITH_ROWS)}")
        with self._lock:
            self._planned.append(fault)

    def clear(self) -> None:
        """Let everything go well again."""
        with self._lock:
            self._planned.clear()

    def take(self, path: str) -> Fault | None:
        """Return what goes wrong with this request."""
        with self._lock:
            for fault in self._planned:
                if fault.path in path:
                    fault.count -= 1
                    self.happened += 1
                    self._planned = [each for each in self._planned if each.count > 0]
                    return fault
        return None


def spoilt(rows: list[dict[str, Any]], fault: Fault | None) -> list[dict[str, Any]]:
    """Return the rows of a page as a fault leaves them."""
    if fault is None:
        return rows
    if fault.kind == "missing":
        for row in rows:
            row["attributes"].pop(fault.attribute, None)
    if fault.kind == "duplicate":
        return rows + rows[:2]
    if fault.kind == "shuffle":
        return random.Random(9512).sample(rows, len(rows))
    return rows[:-1] if fault.kind == "truncate" else rows
