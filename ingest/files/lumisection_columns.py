"""Columns of an OMS lumisection table: which there are, and one row of text into values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ingest.files import values
from ingest.files.records import Value
from ingest.files.report import Findings, Unexpected, shown
from model.vocabulary import BEAM_BITS, BITS

RUN = ("run_number", "run")
LUMISECTION = ("lumisection_number", "ls")
PER_LUMISECTION = ("delivered_lumi_per_lumisection", "recorded_lumi_per_lumisection")
#: running sums of the fill at the lumisection's start, in 1/pb (see SOURCES.md of the data)
RUNNING_SUMS = ("delivered_lumi", "recorded_lumi")
RUNNING = "luminosities are running sums of the fill; the steps between lumisections were taken"
BEAMS_STABLE = "beams_stable"
CACHE_LIMIT = 4096


@dataclass(frozen=True)
class Columns:
    """Places of the known columns; -1 where the table has none."""

    width: int
    run: int
    lumisection: int
    era: int
    fill: int
    delivered: int
    recorded: int
    pileup: int
    is_sum: bool
    values: tuple[tuple[int, str, tuple[str, ...]], ...]

    @property
    def named(self) -> frozenset[str]:
        """The bits and numbers that the table tells."""
        places = {"delivered_invpb": self.delivered, "recorded_invpb": self.recorded, "pileup": self.pileup}
        bits = {bit for _, _, targets in self.values for bit in targets}
        return frozenset({name for name, place in places.items() if place >= 0} | bits)


class Context:
    """What stays the same over many lumisections; compared by identity within one file."""

    __slots__ = ("digest", "era", "fill_number", "values")

    def __init__(self, era: str | None, fill_number: int | None, known: Mapping[str, Value]) -> None:
        self.era, self.fill_number, self.values = era, fill_number, known
        self.digest = hash(repr((era, fill_number, sorted(known.items()))))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Context) and self.digest == other.digest

    def __hash__(self) -> int:
        return self.digest


class Row(NamedTuple):
    """One lumisection of a table."""

    lumisection: int
    context: Context
    delivered: float | None
    recorded: float | None
    pileup: float | None


def resolve(header: tuple[int, list[str]], findings: Findings) -> Columns | None:
    """Return where the known columns are; unknown ones are remarked once, missing ones are bad."""
    line, cells = header
    names = [cell.strip() for cell in cells]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        findings.bad(line, "each column once", f"twice {shown(twice[0])}")
        return None
    place = {name: i for i, name in enumerate(names)}
    run, lumisection = _one_of(place, RUN), _one_of(place, LUMISECTION)
    if run < 0 or lumisection < 0:
        missing = RUN[0] if run < 0 else LUMISECTION[0]
        findings.bad(line, f"a column {missing}", f"columns {shown(', '.join(names))}")
        return None
    is_sum = PER_LUMISECTION[0] not in place and PER_LUMISECTION[1] not in place
    lumi = RUNNING_SUMS if is_sum else PER_LUMISECTION
    known = {names[run], names[lumisection], "era", "fill_number", "pileup", *lumi}
    values_at = _values(place)
    known |= {name for _, name, _ in values_at}
    for name in names:
        if name not in known:
            findings.remark(line, f"column {shown(name)} is not known and was ignored")
    if is_sum and lumi[0] in place:
        findings.remark(line, RUNNING)
    return Columns(
        len(names),
        run,
        lumisection,
        place.get("era", -1),
        place.get("fill_number", -1),
        place.get(lumi[0], -1),
        place.get(lumi[1], -1),
        place.get("pileup", -1),
        is_sum,
        values_at,
    )


class Translator:
    """Turns rows into values; the parts that repeat from row to row are translated once."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._places = [i for i, _, _ in columns.values]
        self._places += [i for i in (columns.era, columns.fill) if i >= 0]
        self._contexts: dict[tuple[str, ...], Context] = {}

    def row(self, cells: list[str]) -> Row:
        """Return one row's values.

        Raises:
            Unexpected: a cell is not what its column holds.
        """
        at = self._columns
        key = tuple([cells[i] for i in self._places])
        context = self._contexts.get(key) or self._context(key, cells)
        return Row(
            values.lumisection(cells[at.lumisection]),
            context,
            _number(cells, at.delivered),
            _number(cells, at.recorded),
            _number(cells, at.pileup),
        )

    def _context(self, key: tuple[str, ...], cells: list[str]) -> Context:
        at, known = self._columns, dict[str, Value]()
        for i, name, targets in at.values:
            value = _named(name, _PARSERS.get(name, values.flag), cells[i])
            if value is not None:
                known |= dict.fromkeys(targets, value)
        context = Context(
            values.era(cells[at.era]) if at.era >= 0 else None,
            values.fill(cells[at.fill]) if at.fill >= 0 else None,
            known,
        )
        if len(self._contexts) >= CACHE_LIMIT:
            self._contexts.clear()
        self._contexts[key] = context
        return context


def _text(text: str) -> str | None:
    return text.strip() or None


_PARSERS: Mapping[str, Callable[[str], Value | None]] = {
    "prescale_index": values.integer,
    "prescale_name": _text,
}


def _named(name: str, parse: Callable[[str], Value | None], text: str) -> Value | None:
    try:
        return parse(text)
    except Unexpected as error:
        raise Unexpected(f"{error.expected} in {name}", text) from None


def _number(cells: list[str], place: int) -> float | None:
    return values.number(cells[place]) if place >= 0 else None


def _one_of(place: Mapping[str, int], names: tuple[str, ...]) -> int:
    return next((place[name] for name in names if name in place), -1)


def _values(place: Mapping[str, int]) -> tuple[tuple[int, str, tuple[str, ...]], ...]:
    out: list[tuple[int, str, tuple[str, ...]]]
    out = [(place[name], name, (name,)) for name in (*BITS, *_PARSERS) if name in place]
    if BEAMS_STABLE in place:
        unsaid = tuple(bit for bit in BEAM_BITS if bit not in place)
        out.append((place[BEAMS_STABLE], BEAMS_STABLE, unsaid))
    return tuple(out)
