"""What checking a file found: bad records, remarks, differences, each a sentence with its place."""

from dataclasses import dataclass
from pathlib import Path

from model import ranges
from model.ranges import Ranges

FOUND_LIMIT = 80


@dataclass(frozen=True)
class BadRecord:
    """One place in a file that cannot be read as what it should be; line 0 is the file itself."""

    file: str
    line: int
    expected: str
    found: str
    run_number: int | None = None

    def __str__(self) -> str:
        run = f" (run {self.run_number})" if self.run_number is not None else ""
        return f"{self.file}:{self.line}: expected {self.expected}, found {self.found}{run}."


@dataclass(frozen=True)
class Remark:
    """Something read as it is that a person should know of; `line` is its first place."""

    file: str
    line: int
    message: str
    count: int

    def __str__(self) -> str:
        times = f" ({self.count} times, first here)" if self.count > 1 else ""
        return f"{self.file}:{self.line}: {self.message}{times}."


@dataclass(frozen=True)
class Difference:
    """Lumisections where a dump says one verdict and the history behind it another."""

    file: str
    line: int
    run_number: int
    dataset: str
    column: str
    lumisections: Ranges
    said: str
    folded: str

    def __str__(self) -> str:
        return (
            f"{self.file}:{self.line}: run {self.run_number} {self.dataset} {self.column} "
            f"LS {ranges.text(self.lumisections)}: the ranges say {self.said}, the history says {self.folded}."
        )


@dataclass(frozen=True)
class Report:
    """The whole of one check; lists are cut at a limit, counts are not."""

    kind: str
    file: str
    rows: int
    runs: int
    lumisections: int
    bad: tuple[BadRecord, ...]
    bad_count: int
    bad_runs: frozenset[int]
    unplaced_count: int
    remarks: tuple[Remark, ...]
    differences: tuple[Difference, ...] = ()
    difference_count: int = 0

    def __str__(self) -> str:
        return (
            f"{self.file}: {self.rows} rows, {self.runs} runs, {self.lumisections} lumisections; "
            f"{self.bad_count} bad, {self.difference_count} different, {len(self.remarks)} remarks."
        )


class FileRefused(Exception):
    """Reading met a bad record; `check` lists all of them."""

    def __init__(self, bad: BadRecord) -> None:
        super().__init__(str(bad))
        self.bad = bad


class Unexpected(Exception):
    """One value is not what its place needs; turned into a BadRecord where line and run are known."""

    def __init__(self, expected: str, found: object) -> None:
        super().__init__(f"expected {expected}, found {shown(found)}")
        self.expected = expected
        self.found = shown(found)


def shown(value: object) -> str:
    """Return a value as a sentence can hold it: quoted when text, cut when long."""
    text = repr(value) if not isinstance(value, str) or value else "nothing"
    return text if len(text) <= FOUND_LIMIT else text[: FOUND_LIMIT - 1] + "…"


class Findings:
    """Collects what a check finds; when strict, the first bad record is raised instead."""

    def __init__(self, path: Path, limit: int = 1000, *, strict: bool = False) -> None:
        self.file = path.name
        self.bad_runs: set[int] = set()
        self.bad_count = 0
        self._limit, self._strict = limit, strict
        self._bad: list[BadRecord] = []
        self._unplaced = 0
        self._remarks: dict[tuple[str, str], tuple[int, int]] = {}
        self._differences: list[Difference] = []
        self._difference_count = 0

    def bad(
        self, line: int, expected: str, found: str, run_number: int | None = None, *, file: str = ""
    ) -> None:
        """Record one bad place; `found` is words, already shown."""
        record = BadRecord(file or self.file, line, expected, found, run_number)
        if self._strict:
            raise FileRefused(record)
        self.bad_count += 1
        if run_number is None:
            self._unplaced += 1
        else:
            self.bad_runs.add(run_number)
        if len(self._bad) < self._limit:
            self._bad.append(record)

    def unexpected(
        self, line: int, error: Unexpected, run_number: int | None = None, *, file: str = ""
    ) -> None:
        """Record a value that its place cannot hold."""
        self.bad(line, error.expected, error.found, run_number, file=file)

    def remark(self, line: int, message: str, *, file: str = "") -> None:
        """Count one remark; the same words count up, at most `limit` different ones are kept."""
        key = (file or self.file, message)
        first, count = self._remarks.get(key, (line, 0))
        if count or len(self._remarks) < self._limit:
            self._remarks[key] = (first, count + 1)

    def differ(self, difference: Difference) -> None:
        """Record a difference between a dump's ranges and its history."""
        self._difference_count += 1
        if len(self._differences) < self._limit:
            self._differences.append(difference)

    def report(self, kind: str, rows: int, runs: int, lumisections: int) -> Report:
        """Return everything found, with what was counted."""
        remarks = tuple(Remark(f, line, text, n) for (f, text), (line, n) in self._remarks.items())
        return Report(
            kind,
            self.file,
            rows,
            runs,
            lumisections,
            tuple(self._bad),
            self.bad_count,
            frozenset(self.bad_runs),
            self._unplaced,
            remarks,
            tuple(self._differences),
            self._difference_count,
        )
