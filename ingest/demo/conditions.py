"""Read the OMS lumisection table and the published lists that the demo is built on."""

import csv
import json
import lzma
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from pathlib import Path

import numpy as np

from ingest.demo.acts import Floats, KnownBits, PrescaleColumn, RunConditions
from ingest.demo.times import known_starts, start_times
from model.ranges import Ranges, canonical, from_numbers
from model.vocabulary import BEAM_BITS

DATA = Path(__file__).parent / "data"
LUMISECTIONS = DATA / "lumisections_2024AE.csv.xz"
STARTS = DATA / "brilcalc_2024.txt"
CALL_380649 = DATA / "Cert_Collisions2024_378981_380649_Golden.json"
CALL_381594 = DATA / "Cert_Collisions2024_378981_381594_Golden.json"
DCS_ONLY = DATA / "json_DCSONLY_2024.json"

_RUN, _LS, _ERA, _DELIVERED, _RECORDED, _PILEUP, _FILL, _INDEX, _NAME = 0, 1, 2, 3, 4, 5, 7, 8, 9
_FED_BY_ONE = {"beams_stable": BEAM_BITS}
_VALUE = {"true": True, "false": False}

Row = list[str]


def read_ranges(path: Path) -> dict[int, Ranges]:
    """Return a published list of lumisections: run to canonical ranges."""
    published = json.loads(path.read_text(encoding="utf-8"))
    return {int(run): canonical((a, b) for a, b in spans) for run, spans in sorted(published.items())}


def read_conditions(path: Path, known: Mapping[int, datetime] | None = None) -> list[RunConditions]:
    """Return the runs of an OMS lumisection table (csv.xz), ascending.

    Args:
        known: start times somebody published; without them those of the table beside `path`.
    """
    starts = known if known is not None else known_starts(path.parent / STARTS.name)
    with lzma.open(path, "rt", encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines)
        places = _bit_places(next(reader))
        runs = [_run(list(rows), places, starts) for rows in _by_run(reader)]
    return sorted(runs, key=lambda run: run.run_number)


def _by_run(rows: Iterable[Row]) -> Iterator[Iterator[Row]]:
    """Rows of one run stand together in the table."""
    for _, group in groupby(rows, key=lambda row: row[_RUN]):
        yield group


def _bit_places(header: Row) -> dict[int, tuple[str, ...]]:
    """Return, for each place that holds a bit, the bits of ours that it feeds."""
    places = [header.index("physics_flag"), *range(header.index("beams_stable"), len(header))]
    return {place: _FED_BY_ONE.get(header[place], (header[place],)) for place in places}


def _run(
    rows: list[Row], places: Mapping[int, tuple[str, ...]], starts: Mapping[int, datetime]
) -> RunConditions:
    rows.sort(key=lambda row: int(row[_LS]))
    head, numbers = rows[0], [int(row[_LS]) for row in rows]
    run_number = int(head[_RUN])
    start = start_times((run_number,), starts)[run_number]
    bits: dict[str, KnownBits] = {}
    for place, names in places.items():
        if known := _known(numbers, [row[place] for row in rows]):
            bits |= dict.fromkeys(names, known)
    return RunConditions(
        run_number=run_number,
        era=head[_ERA],
        fill=int(head[_FILL]),
        started_at=start.started_at,
        lumisections=from_numbers(numbers),
        bits=bits,
        delivered_lumi_invpb=_by_number(numbers, rows, _DELIVERED),
        recorded_lumi_invpb=_by_number(numbers, rows, _RECORDED),
        pileup=_by_number(numbers, rows, _PILEUP),
        prescales=tuple(_prescales(numbers, rows)),
        start_is_assumed=start.is_assumed,
    )


def _by_number(numbers: list[int], rows: list[Row], place: int) -> Floats:
    out = np.full(numbers[-1] + 1, np.nan)
    out[numbers] = [float(row[place]) if row[place] else np.nan for row in rows]
    return out


def _known(numbers: list[int], values: list[str]) -> KnownBits:
    """Return runs of equal, known values; neither a blank nor a hole is bridged."""
    if len(set(values)) == 1 and values[0] == "":
        return ()
    return tuple((first, last, _VALUE[value]) for first, last, value in _equal(numbers, values) if value)


def _prescales(numbers: list[int], rows: list[Row]) -> Iterator[PrescaleColumn]:
    pairs = [f"{row[_INDEX]}|{row[_NAME]}" for row in rows]
    for first, last, pair in _equal(numbers, pairs):
        index, name = pair.split("|", 1)
        if index or name:
            yield PrescaleColumn(first, last, int(float(index)) if index else None, name or None)


def _equal(numbers: list[int], values: list[str]) -> Iterator[tuple[int, int, str]]:
    """Yield the stretches of consecutive numbers with one value."""
    first = 0
    for i in range(1, len(numbers) + 1):
        if i == len(numbers) or values[i] != values[first] or numbers[i] != numbers[i - 1] + 1:
            yield numbers[first], numbers[i - 1], values[first]
            first = i
