"""Readers: files of OMS, BRIL, certification and the system in use, checked and put in our words.

`KINDS[name].check(path)` reads a whole file and reports all that is wrong with it; `.read(path)`
yields its records run by run. Both hold one run in memory. Nothing here knows a database.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Protocol, cast

from ingest.files import accepted, brilcalc, certification, lumisections, recorded_byls, runs, v4, workspaces
from ingest.files.records import Record
from ingest.files.report import BadRecord, Difference, FileRefused, Remark, Report
from ingest.files.text import digest


class _Check(Protocol):
    def __call__(self, path: Path, limit: int = 1000) -> Report: ...


class _Read(Protocol):
    def __call__(self, path: Path, skip_runs: frozenset[int] = frozenset()) -> Iterator[Record]: ...


class _Digest(Protocol):
    def __call__(self, path: Path) -> str: ...


@dataclass(frozen=True)
class Kind:
    """One kind of file: what it is, how to check it, how to read it."""

    name: str
    help: str
    check: _Check
    read: _Read
    digest: _Digest = digest


def _kind(module: ModuleType) -> Kind:
    text = (module.__doc__ or "").split("\n", 1)[0]
    return Kind(cast(str, module.KIND), text, cast(_Check, module.check), cast(_Read, module.read))


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in map(
        _kind, (lumisections, runs, brilcalc, recorded_byls, certification, accepted, workspaces, v4)
    )
}

__all__ = ["KINDS", "BadRecord", "Difference", "FileRefused", "Kind", "Record", "Remark", "Report", "digest"]
