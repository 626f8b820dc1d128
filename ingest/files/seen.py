"""Which lumisections a file has shown so far, to catch two sets of values for one.

Memory is one run: its lumisections with a 64-bit hash of their values and their line. Runs that are
over go to a temporary file, 20 bytes a lumisection; of each only its place there stays in memory
(about 200 bytes a run), and it is read back when the run appears again.
"""

import struct
from tempfile import TemporaryFile
from types import TracebackType
from typing import Self

import numpy as np

SCATTER_LIMIT = 100
_STORED = np.dtype([("ls", "<u4"), ("values", "<i8"), ("line", "<u8")])
_ROW = struct.Struct("<qddd")
NAN = float("nan")


def values_hash(*numbers: float | None, context: int = 0) -> int:
    """Return a hash of up to three numbers and a context, equal within this process only."""
    filled = [NAN if number is None else number for number in (*numbers, None, None, None)[:3]]
    return hash(_ROW.pack(context, *filled))


class LumisectionsSeen:
    """A set of (run, lumisection) with the values each had, in bounded memory."""

    def __init__(self) -> None:
        self._spool = TemporaryFile()  # noqa: SIM115 -- closed by __exit__
        self._places: dict[int, tuple[int, int, int]] = {}
        self._run = 0
        self._rows: dict[int, tuple[int, int]] = {}
        self.lumisections = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._spool.close()

    @property
    def runs(self) -> int:
        """How many runs there were."""
        return len(self._places)

    def is_scattered(self, run_number: int) -> bool:
        """Say whether a run has come and gone too often to be followed."""
        place = self._places.get(run_number)
        return run_number != self._run and place is not None and place[2] >= SCATTER_LIMIT

    def add(self, run_number: int, lumisection: int, values: int, line: int) -> int | None:
        """Remember one row; return the line that gave this lumisection other values, if one did."""
        if run_number != self._run:
            self._seal()
            self._open(run_number)
        earlier = self._rows.get(lumisection)
        if earlier is None:
            self._rows[lumisection] = (values, line)
            self.lumisections += 1
            return None
        return earlier[1] if earlier[0] != values else None

    def _seal(self) -> None:
        if not self._run:
            return
        stored = np.array([(ls, *row) for ls, row in self._rows.items()], dtype=_STORED)
        offset = self._spool.seek(0, 2)
        self._spool.write(stored.tobytes())
        self._places[self._run] = (offset, len(stored), self._places[self._run][2])

    def _open(self, run_number: int) -> None:
        offset, count, times = self._places.get(run_number, (0, 0, 0))
        self._run, self._rows = run_number, {}
        self._places[run_number] = (offset, count, times + 1)
        if count:
            self._spool.seek(offset)
            stored = np.frombuffer(self._spool.read(count * _STORED.itemsize), dtype=_STORED)
            self._rows = {ls: (values, line) for ls, values, line in stored.tolist()}
