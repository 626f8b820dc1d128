"""Rows as people paste them: `run, first, last, column, status, cause, comment`, from a sheet or a file."""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from model.errors import Invalid

FIELDS = ("run", "first", "last", "column", "status", "cause", "comment")
_NEEDED = 5
MOST_ROWS = 20_000
LONGEST = 4_000_000
#: of a file that a page sends, in whatever encoding
MOST_BYTES = 4 * LONGEST
_SEPARATORS = "\t;,"


@dataclass(frozen=True)
class Row:
    """One line of a sheet; without lumisections the whole run is meant."""

    line: int
    run_number: int
    ranges: tuple[tuple[int, int], ...]
    column: str
    status: str
    cause: str
    comment: str


@dataclass(frozen=True)
class Problem:
    """Why a line cannot be written, as a sentence."""

    line: int
    sentence: str


def read_rows(text: str) -> tuple[list[Row], list[Problem]]:
    """Return the rows of a pasted text, and the lines that are none; blank lines and a header are passed over.

    Raises:
        Invalid: the text is empty, too long, or has quotes that never close.
    """
    if len(text) > LONGEST:
        raise Invalid(f"A sheet has at most {LONGEST:,} characters.")
    rows: list[Row] = []
    problems: list[Problem] = []
    for line, cells in _lines(text.removeprefix("\ufeff")):
        try:
            rows.append(_row(line, cells))
        except Invalid as error:
            problems.append(Problem(line, str(error)))
        if len(rows) + len(problems) > MOST_ROWS:
            raise Invalid(f"A sheet has at most {MOST_ROWS:,} rows.")
    if not rows and not problems:
        raise Invalid(f"There is no row: {', '.join(FIELDS)}.")
    return rows, problems


def decoded(data: bytes) -> str:
    """Return the text of a file: UTF-8, or UTF-16 as spreadsheets write “Unicode text”, both by their marks.

    Raises:
        Invalid: it is neither, or too long.
    """
    if len(data) > MOST_BYTES:
        raise Invalid(f"This file is too long: a sheet has at most {LONGEST:,} characters.")
    encoding = "utf-16" if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Invalid(
            f"This file is no text in UTF-8 (byte {error.start + 1:,}): save it as CSV UTF-8."
        ) from error
    if len(text) > LONGEST:
        raise Invalid(f"A sheet has at most {LONGEST:,} characters; this file has {len(text):,}.")
    if "\0" in text:
        raise Invalid("This file is no text: it has zero bytes.")
    return text


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    start = text.lstrip().split("\n", 1)[0]
    separator = max(_SEPARATORS, key=start.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True)
    line, is_first = 1, True
    try:
        for cells in reader:
            given = [cell.strip() for cell in cells]
            if any(given):
                if not (is_first and given[0].lower() in ("run", "run_number")):
                    yield line, given
                is_first = False
            line = reader.line_num + 1
    except csv.Error as error:
        raise Invalid(f"Line {line} cannot be read: {error}.") from error


def _row(line: int, cells: list[str]) -> Row:
    if not _NEEDED <= len(cells) <= len(FIELDS):
        raise Invalid(f"A row has {_NEEDED} to {len(FIELDS)} cells ({', '.join(FIELDS)}), not {len(cells)}.")
    run, first, last, column, status, cause, comment = [*cells, "", ""][: len(FIELDS)]
    if bool(first) != bool(last):
        raise Invalid("Give both lumisections, or none for the whole run.")
    ranges = ((_whole(first, "first"), _whole(last, "last")),) if first else ()
    return Row(line, _whole(run, "run"), ranges, column, status.upper(), cause, comment)


def _whole(text: str, what: str) -> int:
    # a sheet writes 323727 as 323727.0 or 323,727
    plain = text.replace(",", "").replace("\u00a0", "")
    head, _, tail = plain.partition(".")
    if not (head.isascii() and head.isdigit() and len(head) <= 9 and not tail.strip("0")):
        raise Invalid(f"“{text[:40]}” is no {what}: a whole number is wanted.")
    return int(head)
