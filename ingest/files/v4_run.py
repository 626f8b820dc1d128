"""One run of a dump put together from the lines of its files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from ingest.files import v4_parts as parts
from ingest.files.bits import merged
from ingest.files.records import Bits, Numbers, V4Dataset, V4Edit, V4Run, V4StateChange, Value, VerdictRange
from ingest.files.report import Findings, Unexpected
from ingest.files.v4_fold import in_folding_order
from ingest.files.v4_index import LineIndex, record
from ingest.files.values import LAST_LUMISECTION
from model.vocabulary import ONLINE

RUNS, DATASETS, OMS, RANGES, EDITS, STATES = (
    "runs.jsonl",
    "datasets.jsonl",
    "oms_ls_ranges.jsonl",
    "rr_ls_ranges.jsonl",
    "rr_ls_events.jsonl",
    "state_events.jsonl",
)
Columns = tuple[frozenset[str], frozenset[str]]
_Segment = tuple[int, int, Mapping[str, Value]]


@dataclass
class _Draft:
    n_ls: int
    delivered: Numbers
    recorded: Numbers
    segments: list[_Segment] = field(default_factory=list)
    overrides: dict[str, list[_Segment]] = field(default_factory=dict)


class RunReader:
    """Puts runs together; what does not fit becomes bad records."""

    def __init__(self, files: Mapping[str, LineIndex], columns: Columns, findings: Findings) -> None:
        self._files, self._columns, self._findings = files, columns, findings
        self._edits = parts.EditTranslator()
        #: of the run read last: where in the file of ranges each (dataset, column) stands
        self.lines: dict[tuple[str, str], int] = {}

    def run(self, number: int) -> V4Run | None:
        """Return one run, or None when the dump has no usable line of it in its runs."""
        head, n_ls = self._head(number)
        if head is None:
            return None
        draft = _Draft(n_ls, np.full(n_ls, np.nan), np.full(n_ls, np.nan))
        datasets = self._datasets(number)
        names = frozenset(dataset.name for dataset in datasets)
        self._lumisections(number, draft, names)
        return V4Run(
            number,
            n_ls,
            parts.obj(head, "oms_attributes"),
            parts.obj(head, "rr_attributes"),
            parts.flag(head, "deleted"),
            merged(draft.segments),
            draft.delivered,
            draft.recorded,
            {name: _laid(segments) for name, segments in draft.overrides.items()},
            datasets,
            self._verdicts(number, n_ls, names),
            self._history(number, n_ls, names),
            self._changes(number, names),
            parts.rest(head, "n_ls", "oms_attributes", "rr_attributes", "deleted"),
        )

    def _records(self, file: str, number: int) -> Iterator[tuple[int, parts.Object]]:
        index = self._files.get(file)
        for line, raw in index.lines(number) if index else ():
            try:
                found = record(raw)
                if found.get("run_number") != number:
                    raise Unexpected(f"run_number {number} throughout", found.get("run_number"))
            except Unexpected as error:
                self._bad(file, line, error, number)
                continue
            yield line, found

    def _bad(self, file: str, line: int, error: Unexpected, number: int) -> None:
        index = self._files.get(file)
        self._findings.unexpected(line, error, number, file=index.name if index else file)

    def _head(self, number: int) -> tuple[parts.Object | None, int]:
        head, n_ls = None, 0
        for line, found in self._records(RUNS, number):
            try:
                if head is not None:
                    raise Unexpected("one line per run", "the run again")
                n_ls = parts.whole(found, "n_ls")
                if n_ls > LAST_LUMISECTION:
                    raise Unexpected(f"at most {LAST_LUMISECTION} lumisections", n_ls)
                parts.obj(found, "oms_attributes")
                parts.flag(found, "deleted")
                parts.state(parts.obj(found, "rr_attributes").get("state"))
                head = found
            except Unexpected as error:
                self._bad(RUNS, line, error, number)
        if head is None:
            self._bad(RUNS, 0, Unexpected("a usable line of every run", "none"), number)
        return head, n_ls

    def _datasets(self, number: int) -> tuple[V4Dataset, ...]:
        out: dict[str, V4Dataset] = {}
        for line, found in self._records(DATASETS, number):
            try:
                dataset = parts.dataset(found)
                if dataset.name in out:
                    raise Unexpected("each dataset once", dataset.name)
                out[dataset.name] = dataset
            except Unexpected as error:
                self._bad(DATASETS, line, error, number)
        return tuple(out.values())

    def _lumisections(self, number: int, draft: _Draft, names: frozenset[str]) -> None:
        last_line = 0
        for last_line, found in self._records(OMS, number):  # noqa: B007 -- used below
            try:
                _add_stretch(draft, found, names)
            except Unexpected as error:
                self._bad(OMS, last_line, error, number)
        draft.segments.sort(key=lambda segment: segment[:2])
        after = 1
        for first, last, _ in (*draft.segments, (draft.n_ls + 1, draft.n_ls + 1, {})):
            if first != after:
                expected = f"lines of online that tile 1–{draft.n_ls}, the next from {after}"
                found_next = "none" if first > draft.n_ls else f"one from {first}"
                self._findings.bad(last_line, expected, found_next, number, file=self._name(OMS))
                break
            after = last + 1

    def _verdicts(
        self, number: int, n_ls: int, names: frozenset[str]
    ) -> dict[tuple[str, str], tuple[VerdictRange, ...]]:
        out: dict[tuple[str, str], tuple[VerdictRange, ...]] = {}
        self.lines = {}
        for line, found in self._records(RANGES, number):
            try:
                name, column = _known(found, names), parts.text(found, "component")
                if (name, column) in out:
                    raise Unexpected("each column of a dataset once", f"{name} {column}")
                verdicts = parts.verdicts(found, n_ls)
            except Unexpected as error:
                self._bad(RANGES, line, error, number)
                continue
            out[name, column] = verdicts
            self.lines[name, column] = line
            self._remark(line, name, column, verdicts, n_ls)
            if parts.has_undecided(found):
                message = "a status is blank or NO VALUE FOUND; it was read as NOTSET"
                self._findings.remark(line, message, file=self._name(RANGES))
        return out

    def _remark(self, line: int, name: str, column: str, verdicts: tuple[VerdictRange, ...], n_ls: int) -> None:
        known = self._columns[0 if name == ONLINE else 1]
        if column not in known:
            message = f"column {column} is in no workspace of the dump"
            self._findings.remark(line, message, file=self._name(RANGES))
        if sum([verdict[1] - verdict[0] + 1 for verdict in verdicts]) != n_ls:
            message = "a column has lumisections without a verdict; they stay EMPTY"
            self._findings.remark(line, message, file=self._name(RANGES))

    def _history(self, number: int, n_ls: int, names: frozenset[str]) -> tuple[V4Edit, ...] | None:
        if EDITS not in self._files:
            return None
        out: list[V4Edit] = []
        for line, found in self._records(EDITS, number):
            try:
                _known(found, names)
                out.append(self._edits.edit(found, n_ls))
            except Unexpected as error:
                self._bad(EDITS, line, error, number)
        return in_folding_order(out)

    def _changes(self, number: int, names: frozenset[str]) -> tuple[V4StateChange, ...] | None:
        if STATES not in self._files:
            return None
        out: list[V4StateChange] = []
        for line, found in self._records(STATES, number):
            try:
                _known(found, names)
                out.append(parts.state_change(found))
            except Unexpected as error:
                self._bad(STATES, line, error, number)
        return tuple(sorted(out, key=lambda change: change.seq))

    def _name(self, file: str) -> str:
        return self._files[file].name if file in self._files else file


def _known(found: parts.Object, names: frozenset[str]) -> str:
    name = parts.text(found, "dataset_name")
    if name not in names:
        raise Unexpected("a dataset of the run's datasets", name)
    return name


def _add_stretch(draft: _Draft, found: parts.Object, names: frozenset[str]) -> None:
    name = _known(found, names)
    first, last = parts.span(found.get("start"), found.get("end"), draft.n_ls)
    attributes = parts.obj(found, "attributes")
    segment = (first, last, parts.bits(attributes))
    is_override = parts.flag(found, "override")
    if is_override == (name == ONLINE):
        raise Unexpected('"override": true on a dataset other than online, and only there', name)
    if is_override:
        draft.overrides.setdefault(name, []).append(segment)
        return
    draft.segments.append(segment)
    for key, numbers in (("delivered", draft.delivered), ("recorded", draft.recorded)):
        value = parts.luminosity(attributes, key)
        if value is not None:
            numbers[first - 1 : last] = value


def _laid(segments: list[_Segment]) -> Bits:
    """Return overrides as ranges per name; where lines overlap the later one holds."""
    cuts = sorted({cut for first, last, _ in segments for cut in (first, last + 1)})
    out: list[_Segment] = []
    for first, after in zip(cuts, cuts[1:], strict=False):
        values: dict[str, Value] = {}
        for start, last, given in segments:
            if start <= first <= last:
                values |= given
        out.append((first, after - 1, values))
    return merged(out)
