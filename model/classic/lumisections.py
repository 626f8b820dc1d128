"""Lumisections of a dataset as the published client reads them: one by one, and as ranges from 1 to the last.

Numbers that upstream left out are holes: EMPTY in every column, not known in every bit; nothing shifts.
"""

from collections.abc import Iterable

from sqlalchemy import Connection

from model.classic.keys import OFFLINE
from model.classic.summaries import ATTRIBUTES
from model.errors import NotFound
from model.layers import Layers, Said, cut, filled
from model.queries import datasets, upstream, verdicts
from model.ranges import Ranges
from model.vocabulary import BITS, ONLINE, Status

_HOLE = {"err": "No data available for this lumisection"}
_VALUE = {True: "TRUE", False: "FALSE", None: "NULL"}
EMPTY: Said = {"status": Status.EMPTY.name, "comment": "", "cause": ""}


class Lumisections:
    """The lumisections of one dataset as of a sequence; none where there is no such run or dataset."""

    def __init__(self, connection: Connection, run_number: int, name: str, at: int) -> None:
        self.connection, self.where, self.at = connection, (run_number, name), at
        self.exist = self._existing()
        self.last = self.exist[-1].last if self.exist else 0

    def _existing(self) -> Ranges:
        run_number, name = self.where
        try:
            datasets.dataset(self.connection, run_number, name, self.at)
        except NotFound:
            return ()
        return datasets.lumisections(self.connection, run_number, self.at)

    def by_column(self) -> dict[str, list[Said]]:
        """Return the ranges of each column by itself."""
        layers = self._verdicts()
        return {
            column: [{**value, "start": first, "end": last} for first, last, value in spans]
            for column, spans in layers.items()
        }

    def ranges(self, *, verdicts: bool = False, bits: bool = False) -> list[Said]:
        """Return ranges on which nothing changes of what is asked for."""
        layers = (self._bits() if bits else {}) | (self._verdicts() if verdicts else {})
        return [{**said, "start": first, "end": last} for first, last, said in cut(layers, self.last)]

    def verdicts(self) -> list[Said]:
        """Return what counts on lumisection 1, 2, … in every column."""
        pieces = cut(self._verdicts(), self.last)
        return [said for first, last, said in pieces for _ in range(first, last + 1)]

    def bits(self) -> list[Said]:
        """Return the bits of lumisection 1, 2, …; where upstream has none, it says so."""
        pieces = cut(self._bits(), self.last)
        every = [said for first, last, said in pieces for _ in range(first, last + 1)]
        there = {n for first, last in self.exist for n in range(first, last + 1)}
        return [said if n in there else _HOLE for n, said in enumerate(every, 1)]

    def by_status(self) -> dict[str, dict[str, list[list[int]]]]:
        """Return the ranges of each status of each column."""
        return {
            column: _ranges_of(
                ((first, last, said["status"]) for first, last, said in spans), (EMPTY["status"],)
            )
            for column, spans in self._verdicts().items()
        }

    def by_value(self) -> dict[str, dict[str, list[list[int]]]]:
        """Return the ranges on which each bit is true, false, or not known."""
        bits = self._bits()
        return {
            bit: _ranges_of(((first, last, _VALUE[said]) for first, last, said in bits[bit]), _VALUE.values())
            for bit in (BITS if bits else ())
        }

    def _verdicts(self) -> Layers:
        if not self.last:
            return {}
        run_number, name = self.where
        kind = ONLINE if name == ONLINE else OFFLINE
        listed = dict.fromkeys(datasets.certifiable(self.connection, kind, self.at), ())
        said = verdicts.of_dataset(self.connection, run_number, name, self.at)
        return {
            column: filled(((*v.span, _triplet(v)) for v in spans), self.last, EMPTY)
            for column, spans in ({**listed, **said}).items()
        }

    def _bits(self) -> Layers:
        if not self.last:
            return {}
        found = upstream.bits(self.connection, *self.where, self.at)
        return {name: filled(found.get(name, ()), self.last, None) for name in ATTRIBUTES}


def _ranges_of(spans: Iterable[tuple[int, int, str]], always: Iterable[str]) -> dict[str, list[list[int]]]:
    found: dict[str, list[list[int]]] = {value: [] for value in always}
    for first, last, value in spans:
        found.setdefault(value, []).append([first, last])
    return found


def _triplet(verdict: verdicts.Verdict) -> Said:
    return {"status": verdict.status.name, "comment": verdict.comment, "cause": verdict.cause}
