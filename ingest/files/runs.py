"""OMS run tables (CSV exports of 2017, 2018 and 2022) into attributes of runs."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ingest.files import values
from ingest.files.records import Attribute, RunAttributes
from ingest.files.report import Findings, Report, Unexpected, shown
from ingest.files.text import rows

KIND = "oms-runs"
NEGATIVE = "a luminosity is negative and was kept as it is"
REPEATED_HEADER = "the header is repeated, as in joined exports; the line was skipped"


def _count(text: str) -> int | None:
    value = values.integer(text)
    if value is not None and value < 0:
        raise Unexpected("a number not below 0", text)
    return value


def _words(text: str) -> str | None:
    return text.strip() or None


def _names(text: str) -> list[str] | None:
    return values.names(text) if text.strip() else None


#: per column: our name for it, and what turns its text into a value
COLUMNS: Mapping[str, tuple[str, Callable[[str], Attribute | None]]] = {
    "fill_number": ("fill_number", values.fill),
    "duration": ("duration_s", _count),
    "start_time": ("start_time", values.moment),
    "end_time": ("end_time", values.moment),
    "delivered_lumi": ("delivered_lumi", values.number),
    "recorded_lumi": ("recorded_lumi", values.number),
    "init_lumi": ("init_lumi", values.number),
    "end_lumi": ("end_lumi", values.number),
    "hlt_key": ("hlt_key", _words),
    "l1_hlt_mode_stripped": ("l1_hlt_mode_stripped", _words),
    "l1_triggers_counter": ("l1_triggers_counter", _count),
    "l1_rate": ("l1_rate", values.number),
    "hlt_physics_rate": ("hlt_physics_rate", values.number),
    "era": ("era", values.era),
    "b_field": ("b_field", values.number),
    "energy": ("energy", values.number),
    "stable_beam": ("stable_beam", values.flag),
    "initial_prescale_index": ("initial_prescale_index", values.integer),
    "last_lumisection_number": ("last_lumisection_number", _count),
    "components_out": ("components_out", _names),
}


def check(path: Path, limit: int = 1000) -> Report:
    """Read the whole table and report every row that cannot be used."""
    findings = Findings(path, limit)
    seen: dict[int, tuple[int, int]] = {}
    count = 0
    for line, record in _translated(path, findings, frozenset()):
        count += 1
        known = record.attributes
        _remember(seen, line, record, findings)
        if min(_lumi(known, "delivered_lumi"), _lumi(known, "recorded_lumi")) < 0:
            findings.remark(line, NEGATIVE)
        start, end = known.get("start_time"), known.get("end_time")
        if isinstance(start, str) and isinstance(end, str) and end < start:
            findings.bad(line, "an end_time after the start_time", end, record.run_number)
    if not count and not findings.bad_count:
        findings.bad(1, "at least one row below the header", "none")
    return findings.report(KIND, count, len(seen), 0)


def read(path: Path, skip_runs: frozenset[int] = frozenset()) -> Iterator[RunAttributes]:
    """Yield one record per row.

    Raises:
        FileRefused: a row that `check` calls bad, of a run not skipped.
    """
    for _, record in _translated(path, Findings(path, strict=True), skip_runs):
        yield record


def _translated(path: Path, findings: Findings, skip: frozenset[int]) -> Iterator[tuple[int, RunAttributes]]:
    table = rows(path, findings)
    header = next(table, None)
    names = _header(header, findings) if header else None
    if names is None:
        return
    run_at = names.index("run_number")
    for line, cells in table:
        if cells == names:
            findings.remark(line, REPEATED_HEADER)
            continue
        run = None
        try:
            run = values.run_number(cells[run_at]) if len(cells) > run_at else None
            if run is not None and run in skip:
                continue
            if run is None or len(cells) != len(names):
                raise Unexpected(f"{len(names)} fields", len(cells))
            yield line, RunAttributes(run, _attributes(names, cells))
        except Unexpected as error:
            findings.unexpected(line, error, run)


def _header(header: tuple[int, list[str]], findings: Findings) -> list[str] | None:
    line, cells = header
    names = [name.strip() for name in cells]
    if "run_number" not in names:
        findings.bad(line, "a column run_number", f"columns {shown(', '.join(names))}")
        return None
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        findings.bad(line, "each column once", f"twice {shown(twice[0])}")
        return None
    for name in names:
        if name not in COLUMNS and name != "run_number":
            findings.remark(line, f"column {shown(name)} is not known and was ignored")
    return names


def _attributes(names: list[str], cells: list[str]) -> dict[str, Attribute]:
    out: dict[str, Attribute] = {}
    for name, text in zip(names, cells, strict=True):
        if name not in COLUMNS:
            continue
        ours, parse = COLUMNS[name]
        try:
            value = parse(text)
        except Unexpected as error:
            raise Unexpected(f"{error.expected} in {name}", text) from None
        if value is not None:
            out[ours] = value
    return out


def _remember(seen: dict[int, tuple[int, int]], line: int, record: RunAttributes, findings: Findings) -> None:
    digest = hash(repr(sorted(record.attributes.items())))
    earlier, where = seen.setdefault(record.run_number, (digest, line))
    if earlier != digest:
        found = f"the run with other values than on line {where}"
        findings.bad(line, "one row per run", found, record.run_number)


def _lumi(known: Mapping[str, Attribute], name: str) -> float:
    value = known.get(name, 0.0)
    return value if isinstance(value, float) else 0.0
