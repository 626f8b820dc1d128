"""Workspaces and their columns (one JSON document, as a dump of the system in use has it)."""

import re
from collections.abc import Iterator
from pathlib import Path

from ingest.files.jsontext import Pairs, item_place, key_place, line_at, parsed
from ingest.files.records import WorkspaceColumns
from ingest.files.report import Findings, Report, shown

KIND = "workspaces"
SIDES = ("online", "offline")
_NAME = re.compile(r"[A-Za-z0-9_]+")
_Side = dict[str, tuple[str, ...]]


def check(path: Path, limit: int = 1000) -> Report:
    """Read the document and report what cannot be used."""
    findings = Findings(path, limit)
    sides = _sides(path, findings)
    return findings.report(KIND, sum(len(columns) for side in sides for columns in side.values()), 0, 0)


def read(path: Path, skip_runs: frozenset[int] = frozenset()) -> Iterator[WorkspaceColumns]:
    """Yield the one record of the document; `skip_runs` has no meaning here.

    Raises:
        FileRefused: a place that `check` calls bad.
    """
    online, offline = _sides(path, Findings(path, strict=True))
    yield WorkspaceColumns(online, offline)


def columns_of(path: Path, findings: Findings) -> tuple[frozenset[str], frozenset[str]]:
    """Return online and offline columns as `workspace-column`."""
    online, offline = _sides(path, findings)
    return _written(online), _written(offline)


def _written(side: _Side) -> frozenset[str]:
    return frozenset(f"{workspace}-{column}" for workspace, columns in side.items() for column in columns)


def _sides(path: Path, findings: Findings) -> tuple[_Side, _Side]:
    got = parsed(path, findings)
    if got is None:
        return {}, {}
    value, text = got
    if not isinstance(value, Pairs):
        findings.bad(1, "an object with online and offline", shown(value), file=path.name)
        return {}, {}
    out: dict[str, _Side] = {}
    for key, side in value:
        line = line_at(text, key_place(text, key))
        if key not in SIDES:
            findings.remark(line, f"{shown(key)} is not known and was ignored", file=path.name)
        elif key in out or not isinstance(side, Pairs):
            findings.bad(line, f"one object {key}", "another" if key in out else shown(side), file=path.name)
        else:
            out[key] = _side(side, text, key_place(text, key), findings, path.name)
    for key in SIDES:
        if key not in out:
            findings.bad(1, f"an object {key}", "none", file=path.name)
    return out.get(SIDES[0], {}), out.get(SIDES[1], {})


def _side(side: Pairs, text: str, start: int, findings: Findings, file: str) -> _Side:
    out: _Side = {}
    for workspace, columns in side:
        at = start + key_place(text[start:], workspace)
        if not _NAME.fullmatch(workspace) or workspace in out:
            expected = "each workspace once" if workspace in out else "a workspace of letters and digits"
            findings.bad(line_at(text, at), expected, shown(workspace), file=file)
        elif not isinstance(columns, list) or isinstance(columns, Pairs):
            findings.bad(line_at(text, at), "a list of columns", shown(columns), file=file)
        else:
            out[workspace] = _columns(columns, text, at, findings, file)
    return out


def _columns(columns: list[object], text: str, at: int, findings: Findings, file: str) -> tuple[str, ...]:
    out: list[str] = []
    for index, column in enumerate(columns):
        if isinstance(column, str) and _NAME.fullmatch(column) and column not in out:
            out.append(column)
        else:
            line = line_at(text, item_place(text, at, index))
            findings.bad(line, "a column of letters and digits, once", shown(column), file=file)
    return tuple(out)
