"""Text out of files, line by line: decompressed by suffix, UTF-8, never more than a line in memory."""

import bz2
import csv
import gzip
import hashlib
import lzma
import zlib
from collections.abc import Iterator
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import BinaryIO, cast

from ingest.files.report import Findings, shown

LINE_LIMIT = 1 << 20
DOCUMENT_LIMIT = 64 << 20
BUFFER = 1 << 20
BOM = b"\xef\xbb\xbf"
COMPRESSED = (".xz", ".gz", ".bz2")
#: what the decompressors raise on damaged or cut archives
BROKEN = (EOFError, OSError, lzma.LZMAError, zlib.error)


def bare_name(path: Path) -> str:
    """Return the file's name without its compression suffix."""
    return path.stem if path.suffix in COMPRESSED else path.name


def opened(path: Path) -> BinaryIO:
    """Return the decompressed bytes of a file as a buffered stream."""
    if path.suffix == ".xz":
        return _buffered(lzma.open(path))
    if path.suffix == ".gz":
        return _buffered(gzip.open(path))
    if path.suffix == ".bz2":
        return _buffered(bz2.open(path))
    return path.open("rb", buffering=BUFFER)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes as stored; of a directory, of its files by name."""
    total = hashlib.sha256()
    if not path.is_dir():
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    for each in sorted(p for p in path.iterdir() if p.is_file()):
        total.update(f"{each.name}\n{digest(each)}\n".encode())
    return total.hexdigest()


def is_readable(path: Path, findings: Findings) -> bool:
    """Say whether there is a file with something in it; the reason why not becomes a bad record."""
    found = ""
    if not path.exists():
        found = "no such file"
    elif path.is_dir():
        found = "a directory"
    elif path.stat().st_size == 0:
        found = "a file of 0 bytes"
    if found:
        findings.bad(0, "a file with content", found)
    return not found


def lines(path: Path, findings: Findings) -> Iterator[tuple[int, str]]:
    """Yield number and text of each sound line, without its end; the others become bad records."""
    if not is_readable(path, findings):
        return
    number, is_blank = 0, True
    try:
        with opened(path) as stream:
            while raw := stream.readline(LINE_LIMIT + 1):
                number += 1
                line = _sound(raw, number, stream, findings)
                is_blank = is_blank and not (line is None or line)
                if line is not None:
                    yield number, line
    except BROKEN as error:
        findings.bad(number + 1, "more data, as the archive promises", f"it cut or damaged: {error}")
        return
    if is_blank:
        findings.bad(0, "a file with content", "nothing but blanks")


def rows(path: Path, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """Yield number and fields of each line of a CSV file whose values hold no line ends."""
    for number, line in lines(path, findings):
        if '"' not in line:
            if line:
                yield number, line.split(",")
            continue
        try:
            yield number, next(csv.reader([line], strict=True))
        except csv.Error as error:
            findings.bad(number, "fields with closed quotes", str(error))


def document(path: Path, findings: Findings) -> str | None:
    """Return the whole text of a small file, or None when it cannot be had."""
    if not is_readable(path, findings):
        return None
    try:
        with opened(path) as stream:
            raw = stream.read(DOCUMENT_LIMIT + 1)
    except BROKEN as error:
        findings.bad(0, "a whole archive", f"it cut or damaged: {error}")
        return None
    if len(raw) > DOCUMENT_LIMIT:
        findings.bad(0, f"a file of at most {DOCUMENT_LIMIT >> 20} MB", "a larger one")
        return None
    raw = raw.removeprefix(BOM)
    if not raw.strip():
        findings.bad(0, "a file with content", "nothing but blanks")
        return None
    found = _unsound(raw)
    if found:
        at, what = found
        findings.bad(raw.count(b"\n", 0, at) + 1, "UTF-8 text", what)
        return None
    return raw.decode()


def _buffered(stream: object) -> BinaryIO:
    # decompressing files are no RawIOBase, but have what BufferedReader calls; its readline is in C
    return cast(BinaryIO, BufferedReader(cast(RawIOBase, stream), BUFFER))


def _sound(raw: bytes, number: int, stream: BinaryIO, findings: Findings) -> str | None:
    if number == 1:
        raw = raw.removeprefix(BOM)
    if not raw.endswith(b"\n"):
        if len(raw) >= LINE_LIMIT:
            findings.bad(number, "a line of at most 1 MB", "a longer one")
            _skip_line(stream)
        else:
            findings.bad(number, "a whole line with its end", f"the file cut after {shown(_tail(raw))}")
        return None
    try:
        line = raw.decode()
    except UnicodeDecodeError:
        line = "\0"
    if "\0" in line:
        findings.bad(number, "UTF-8 text", (_unsound(raw) or (0, ""))[1])
        return None
    return line.rstrip("\r\n")


def _unsound(raw: bytes) -> tuple[int, str] | None:
    if (at := raw.find(b"\0")) >= 0:
        return at, "a NUL byte"
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        return error.start, f"byte 0x{raw[error.start]:02x}"
    return None


def _tail(raw: bytes) -> str:
    return raw[-30:].decode(errors="replace")


def _skip_line(stream: BinaryIO) -> None:
    while (raw := stream.readline(BUFFER)) and not raw.endswith(b"\n"):
        pass
