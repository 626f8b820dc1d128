"""Bad input files: each is refused with file and line, and the database stays as it was."""

import lzma
import re
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import database_of
from benchmarks.harness import run
from benchmarks.survival import Check
from ingest.demo.conditions import LUMISECTIONS
from model import journal

_LS = "run_number,lumisection_number,delivered_lumi_per_lumisection,recorded_lumi_per_lumisection,fill_number\n"
_WIDE = "run_number,lumisection_number,delivered_lumi_per_lumisection,fill_number,prescale_name\n"
_SIZE = 2 * 1024**3
_ROW = 2_000

#: name, kind, file, content, line that must be named
_BAD = (
    ("overlapping ranges", "certification", "overlap.json", '{"380000": [[1, 8],\n[5, 9]]}\n', 2),
    ("reversed range", "certification", "reversed.json", '{"380000": [[1, 8]],\n"380001": [[9, 5]]}\n', 2),
    (
        "a run twice, other values",
        "certification",
        "twice.json",
        '{\n"380000": [[1, 8]],\n"380000": [[9, 9]]}',
        3,
    ),
    (
        "a lumisection twice, other values",
        "oms-lumisections",
        "twice.csv",
        _LS + "380000,1,.5,.4,9\n380001,1,,,\n380000,1,.6,.4,9\n",
        4,
    ),
    ("lumisection 0", "oms-lumisections", "zero.csv", _LS + "380000,1,.5,.4,9\n380000,0,.5,.4,9\n", 3),
    ("text where a number belongs", "oms-lumisections", "text.csv", _LS + "380000,1,much,.4,9\n", 2),
)


def small(folder: Path) -> Iterator[Check]:
    """Try the small ones, and the demo's own table cut in the middle of a line."""
    bad = folder / "bad"
    bad.mkdir()
    with lzma.open(LUMISECTIONS) as whole:
        cut = whole.read(3_000_001).rstrip(b"\n")[:-3]
    (bad / "cut.csv").write_bytes(cut)
    yield _refused(folder, "truncated CSV", "oms-lumisections", bad / "cut.csv", cut.count(b"\n") + 1)
    for name, kind, file, content, line in _BAD:
        (bad / file).write_text(content, encoding="utf-8")
        yield _refused(folder, name, kind, bad / file, line)


def large(folder: Path) -> Iterator[Check]:
    """Try 2 GB whose last line is wrong; compare the memory with that of a small file."""
    path = folder / "bad" / "large.csv"
    few = _tried(folder, "oms-lumisections", folder / "bad" / "zero.csv")[2]
    lines = _write_large(path)
    try:
        yield _refused(
            folder, f"2 GB, {lines:,} rows, last one wrong", "oms-lumisections", path, lines + 1, few
        )
    finally:
        path.unlink()


def _write_large(path: Path) -> int:
    filler, count, size = "x" * (_ROW - 30), 0, 0
    with path.open("w", encoding="ascii") as stream:
        stream.write(_WIDE)
        while size < _SIZE:
            number = 300_000 + count // 1000
            block = "".join(f"{number},{n},0.5,9388,{filler}\n" for n in range(1, 1001))
            size += stream.write(block)
            count += 1000
        stream.write(f"{number + 1},1,much,9388,x\n")
    return count + 1


def _refused(folder: Path, name: str, kind: str, path: Path, line: int, few_mib: float | None = None) -> Check:
    before = _head(folder)
    code, printed, peak, seconds = _tried(folder, kind, path)
    after = _head(folder)
    named = re.search(rf"{re.escape(path.name)}:{line}: expected .*", printed)
    said = named[0] if named else printed.strip()[-300:]
    text = f"exit {code}, “{said[:160]}”, head {'as before' if before == after else 'CHANGED'}"
    holds = code != 0 and named is not None and before == after
    if few_mib is not None:
        text += f"; peak {peak:.0f} MiB (a file of three lines: {few_mib:.0f} MiB), {seconds:.0f} s"
        holds = holds and peak - few_mib < 64
    size = path.stat().st_size
    return Check(f"refused: {name}", f"python -m ingest {kind} {path.name}", f"{size:,} bytes", text, holds)


def _tried(folder: Path, kind: str, path: Path) -> tuple[int, str, float, float]:
    ran = run(["-m", "ingest", kind, str(path)], folder / "demo")
    return ran.code, ran.output, ran.peak_mib, ran.seconds


def _head(folder: Path) -> journal.Head:
    database = database_of(folder / "demo")
    with database.reading() as connection:
        found = journal.head(connection)
    database.dispose()
    return found
