"""Certification lists (golden, muon, DCS-only JSON) in any layout."""

from collections.abc import Iterator
from pathlib import Path

from ingest.files.jsontext import Pairs, item_place, key_place, line_at, parsed
from ingest.files.records import CertificationList
from ingest.files.report import Findings, Report, Unexpected, shown
from ingest.files.text import bare_name
from ingest.files.values import LAST_LUMISECTION, run_number
from model.ranges import LumisectionRange, Ranges, canonical, count

KIND = "certification"


def check(path: Path, limit: int = 1000) -> Report:
    """Read the list and report every run and range that cannot be used."""
    findings = Findings(path, limit)
    lists = _lists(path, findings, frozenset())
    total = sum(count(ranges) for ranges in lists.values())
    return findings.report(KIND, len(lists), len(lists), total)


def read(path: Path, skip_runs: frozenset[int] = frozenset()) -> Iterator[CertificationList]:
    """Yield the one list of the file.

    Raises:
        FileRefused: a place that `check` calls bad, of a run not skipped.
    """
    lists = _lists(path, Findings(path, strict=True), skip_runs)
    yield CertificationList(bare_name(path).removesuffix(".json").removesuffix(".txt"), lists)


def _lists(path: Path, findings: Findings, skip: frozenset[int]) -> dict[int, Ranges]:
    got = parsed(path, findings)
    if got is None:
        return {}
    value, text = got
    if not isinstance(value, Pairs) or not value:
        found = "an empty one" if value in (Pairs(), []) else shown(value)
        findings.bad(1, "an object of runs with their lumisection ranges", found)
        return {}
    out: dict[int, Ranges] = {}
    written: dict[str, int] = {}
    for key, ranges in value:
        occurrence = written[key] = written.get(key, -1) + 1
        run = _run(key, occurrence, text, findings)
        if run is None or run in skip:
            continue
        if run in out:
            line = line_at(text, key_place(text, key, occurrence))
            findings.bad(line, "each run once", f"run {run} again", run)
            continue
        out[run] = _ranges(run, ranges, text, (key, occurrence), findings)
    return out


def _run(key: str, occurrence: int, text: str, findings: Findings) -> int | None:
    try:
        return run_number(key)
    except Unexpected as error:
        findings.unexpected(line_at(text, key_place(text, key, occurrence)), error)
        return None


def _ranges(run: int, value: object, text: str, key: tuple[str, int], findings: Findings) -> Ranges:
    if not isinstance(value, list) or isinstance(value, Pairs):
        line = line_at(text, key_place(text, *key))
        findings.bad(line, "a list of [first, last]", shown(value), run)
        return ()
    if not value:
        findings.remark(line_at(text, key_place(text, *key)), "a run has no lumisections")
    taken: list[tuple[LumisectionRange, int]] = []
    for index, item in enumerate(value):
        try:
            taken.append((_range(item), index))
        except Unexpected as error:
            findings.unexpected(_line(text, key, index), error, run)
    taken.sort()
    for (before, _), (after, index) in zip(taken, taken[1:], strict=False):
        if after.first <= before.last:
            found = f"{list(before)} and {list(after)}"
            findings.bad(_line(text, key, index), "ranges that do not overlap", found, run)
    return canonical(span for span, _ in taken)


def _range(item: object) -> LumisectionRange:
    if not (isinstance(item, list) and len(item) == 2 and all(type(n) is int for n in item)):
        raise Unexpected("[first, last] of whole numbers", item)
    first, last = item
    if not 1 <= first <= LAST_LUMISECTION or last > LAST_LUMISECTION:
        raise Unexpected(f"lumisections from 1 to {LAST_LUMISECTION}", item)
    if last < first:
        raise Unexpected("first not above last", item)
    return LumisectionRange(first, last)


def _line(text: str, key: tuple[str, int], index: int) -> int:
    return line_at(text, item_place(text, key_place(text, *key), index))
