"""Where each run's lines are in a dump's files, so that a run can be had whole in constant memory.

Only offsets are kept: three integers for each stretch of lines of one run, in compact arrays.
"""

import re
from array import array
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import BinaryIO, cast

import orjson

from ingest.files.report import FileRefused, Findings, Unexpected, shown
from ingest.files.text import BROKEN, BUFFER, COMPRESSED, LINE_LIMIT, opened
from ingest.files.values import LAST_RUN
from model.vocabulary import FIRST_CMS_RUN

#: how nearly every line begins; other orders of keys are parsed
_HEAD = re.compile(rb'\{(?:"seq":\d+,)?"run_number":(\d{1,9})[,}]')


def stored(directory: Path, name: str) -> Path | None:
    """Return the file of this name in a dump, compressed or not."""
    candidates = (directory / (name + suffix) for suffix in ("", *COMPRESSED))
    return next((path for path in candidates if path.is_file()), None)


class LineIndex:
    """One JSON-lines file of a dump, by run."""

    def __init__(self, path: Path, findings: Findings) -> None:
        self.name = path.name
        self.rows = 0
        self._stream = _seekable(path, findings)
        self._places: dict[int, array[int]] = {}
        try:
            self._build(findings)
        except FileRefused:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()

    @property
    def runs(self) -> set[int]:
        """The runs that have lines."""
        return set(self._places)

    def lines(self, run_number: int) -> Iterator[tuple[int, bytes]]:
        """Yield number and bytes of each line of a run, in file order."""
        places = self._places.get(run_number, ())
        for at in range(0, len(places), 3):
            offset, length, line = places[at : at + 3]
            self._stream.seek(offset)
            for raw in self._stream.read(length).splitlines():
                yield line, raw
                line += 1

    def _build(self, findings: Findings) -> None:
        offset = line = 0
        current, end, places = 0, -1, array("q")
        while raw := self._stream.readline(LINE_LIMIT + 1):
            line += 1
            run = self._run(raw, line, findings)
            if run is None:
                offset = self._skip(raw, offset)
                continue
            self.rows += 1
            if run == current and end == offset:
                places[-2] += len(raw)
            else:
                places = self._places.setdefault(run, array("q"))
                places.extend((offset, len(raw), line))
                current = run
            offset += len(raw)
            end = offset

    def _skip(self, raw: bytes, offset: int) -> int:
        offset += len(raw)
        while len(raw) > LINE_LIMIT and not raw.endswith(b"\n"):
            raw = self._stream.readline(LINE_LIMIT + 1)
            offset += len(raw)
        return offset

    def _run(self, raw: bytes, line: int, findings: Findings) -> int | None:
        if len(raw) > LINE_LIMIT:
            findings.bad(line, "a line of at most 1 MB", "a longer one", file=self.name)
            return None
        if not raw.strip():
            return None
        head = _HEAD.match(raw)
        try:
            run = int(head[1]) if head else record(raw).get("run_number")
        except Unexpected as error:
            findings.unexpected(line, error, file=self.name)
            return None
        if type(run) is not int or not FIRST_CMS_RUN <= run <= LAST_RUN:
            expected = f"a run_number from {FIRST_CMS_RUN} to {LAST_RUN}"
            findings.bad(line, expected, shown(run), file=self.name)
            return None
        return run


def record(raw: bytes) -> dict[str, object]:
    """Return one line as an object.

    Raises:
        Unexpected: it is not JSON, not UTF-8 or not an object; NUL bytes and cut lines are these.
    """
    try:
        value: object = orjson.loads(raw)
    except orjson.JSONDecodeError:
        tail = raw[-30:].decode(errors="replace")
        found = (
            "a line that ends in " + tail if not raw.rstrip().endswith(b"}") else raw.decode(errors="replace")
        )
        raise Unexpected("a JSON object in UTF-8", found) from None
    if not isinstance(value, dict):
        raise Unexpected("a JSON object", raw.decode(errors="replace"))
    return value


def _seekable(path: Path, findings: Findings) -> BinaryIO:
    """Return the file, or its decompressed copy in a temporary file."""
    if path.suffix not in COMPRESSED:
        return path.open("rb", buffering=BUFFER)
    spool = cast(BinaryIO, TemporaryFile())  # noqa: SIM115 -- closed by LineIndex.close
    try:
        with opened(path) as stream:
            copyfileobj(stream, spool, BUFFER)
    except BROKEN as error:
        spool.seek(0)
        line = sum(1 for _ in spool) + 1
        findings.bad(line, "more data, as the archive promises", f"it cut or damaged: {error}", file=path.name)
    spool.seek(0)
    return spool
