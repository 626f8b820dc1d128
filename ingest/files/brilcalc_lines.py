"""The lines of a brilcalc file: comments, header with units, rows, and the summary of sums."""

import re
from typing import NamedTuple

from ingest.files import values
from ingest.files.report import Unexpected

#: factor from the unit in a header to 1/pb
INVPB = {"/mb": 1e-9, "/ub": 1e-6, "/nb": 1e-3, "/pb": 1.0, "/fb": 1e3}
NOT_IN_CMS = "brilcalc gives no CMS lumisection (a:0); the luminosity was kept under its own number"
_TAGS = re.compile(r"#Data tag : *(.*?) *, *Norm tag: *(.*?) *$")
_UNIT = re.compile(r"(\w+)\((/\w+)\)")
#: brilcalc prints three decimals, or nine; sums may differ by half of the coarser per row
ROUNDING = 0.0005


class BrilcalcRow(NamedTuple):
    """One row; luminosities in 1/pb."""

    run_number: int
    fill_number: int
    source: str
    lumisection: int
    is_in_cms: bool
    delivered: float
    recorded: float
    luminometer: str


class Layout:
    """What the comment lines have said so far: the calibration, the columns and their units."""

    def __init__(self) -> None:
        self._source = "brilcalc"
        self._width = 0
        self._places: tuple[int, int, int, int, int] = (0, 0, 0, 0, -1)
        self._factors = (1.0, 1.0)

    @property
    def is_known(self) -> bool:
        """Whether there has been a header."""
        return self._width > 0

    def comment(self, cells: list[str]) -> None:
        """Take what a comment says.

        Raises:
            Unexpected: a header lacks a column or has an unknown unit; the calibration changes.
        """
        tags = _TAGS.match(",".join(cells))
        if tags:
            source = f"brilcalc {tags[1]} {tags[2]}"
            if self.is_known and source != self._source:
                raise Unexpected(f"one calibration in a file, {self._source} as above", source)
            self._source = source
        elif cells[0].lstrip("#") == "run:fill":
            self._header([cells[0].lstrip("#"), *cells[1:]])

    def row(self, run_number: int, cells: list[str]) -> BrilcalcRow:
        """Return one row in 1/pb.

        Raises:
            Unexpected: a field is not what its column holds, or no header came before.
        """
        if not self._width:
            raise Unexpected("a header #run:fill,ls,… before the rows", ",".join(cells))
        if len(cells) != self._width:
            raise Unexpected(f"{self._width} fields", len(cells))
        run_fill, ls, delivered, recorded, luminometer = self._places
        first, colon, in_cms = cells[ls].partition(":")
        lumisection = values.lumisection(first)
        if not colon or in_cms not in ("0", first):
            raise Unexpected("a lumisection as a:a, or a:0 outside CMS", cells[ls])
        return BrilcalcRow(
            run_number,
            _fill(cells[run_fill]),
            self._source,
            lumisection,
            in_cms != "0",
            _number(cells[delivered]) * self._factors[0],
            _number(cells[recorded]) * self._factors[1],
            cells[luminometer].strip() if luminometer >= 0 else "",
        )

    def _header(self, names: list[str]) -> None:
        places, factors = _units(names)
        if "ls" not in names:
            raise Unexpected("a column ls", ", ".join(names))
        self._width = len(names)
        source = names.index("source") if "source" in names else -1
        self._places = (0, names.index("ls"), places[0], places[1], source)
        self._factors = factors


class Summary:
    """Sums of the rows, to compare with the summary lines at the end of a file."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._runs: set[int] = set()
        self._rows = self._in_cms = 0
        self._delivered = self._recorded = 0.0
        self.is_checked = False

    def add(self, row: BrilcalcRow) -> None:
        """Count one row."""
        self._runs.add(row.run_number)
        self._rows += 1
        self._in_cms += row.is_in_cms
        self._delivered += row.delivered
        self._recorded += row.recorded

    def comment(self, cells: list[str]) -> None:
        """Take what a comment says; the line after the summary's header is compared.

        Raises:
            Unexpected: a count or a sum is not that of the rows above.
        """
        if cells[0] == "#nfill":
            self._names = [cells[0].lstrip("#"), *cells[1:]]
        elif self._names:
            names, self._names = self._names, []
            self._compare(names, [cells[0].lstrip("#"), *cells[1:]])

    def _compare(self, names: list[str], cells: list[str]) -> None:
        if len(cells) != len(names):
            raise Unexpected(f"a summary of {len(names)} fields", ",".join(cells))
        self.is_checked = True
        said = dict(zip(names, cells, strict=True))
        counts = {"nrun": len(self._runs), "nls": self._rows, "ncms": self._in_cms}
        for name, count in counts.items():
            if name in said and values.integer(said[name]) != count:
                raise Unexpected(f"{name} {count} as the rows above have", said[name])
        places, factors = _units([name.removeprefix("tot") for name in names])
        sums = (self._delivered, self._recorded)
        for place, factor, total in zip(places, factors, sums, strict=True):
            self._near(names[place], _number(cells[place]) * factor, total, factor)

    def _near(self, name: str, said: float, total: float, factor: float) -> None:
        slack = 1e-6 * abs(total) + ROUNDING * factor * (1 + self._rows if factor < 1 else 1)
        if abs(said - total) > slack:
            raise Unexpected(f"{name} {total / factor:.3f} as the rows above sum to", f"{said / factor:.3f}")


def _units(names: list[str]) -> tuple[tuple[int, int], tuple[float, float]]:
    found: dict[str, tuple[int, float]] = {}
    for place, name in enumerate(names):
        match = _UNIT.fullmatch(name.strip())
        if not match:
            continue
        if match[2] not in INVPB:
            raise Unexpected(f"a unit of {', '.join(INVPB)}", name)
        found[match[1]] = (place, INVPB[match[2]])
    for need in ("delivered", "recorded"):
        if need not in found:
            raise Unexpected(f"a column {need} with its unit", ", ".join(names))
    (delivered, a), (recorded, b) = found["delivered"], found["recorded"]
    return (delivered, recorded), (a, b)


def _fill(text: str) -> int:
    head, colon, tail = text.partition(":")
    fill = values.integer(tail)
    if not colon or fill is None or fill < 0:
        raise Unexpected("run:fill", text)
    return fill


def _number(text: str) -> float:
    value = values.number(text)
    if value is None:
        raise Unexpected("a number", text)
    return value
