"""One cell of text into one value; blank is None, anything unfitting is `Unexpected`."""

import math
import re
from datetime import datetime

from ingest.files.report import Unexpected
from model.vocabulary import FIRST_CMS_RUN

LAST_RUN = 9_999_999
LAST_LUMISECTION = 100_000
_FLAGS = {"true": True, "1": True, "false": False, "0": False}
_ERA = re.compile(r"Run(\d{4}[A-Z])")


def integer(text: str) -> int | None:
    """Return a whole number; `9388.0`, as some tables write it, is one."""
    text = text.strip()
    if not text:
        return None
    head, _, tail = text.partition(".")
    digits = head[1:] if head[:1] == "-" else head
    if len(head) > 18 or not (digits.isascii() and digits.isdecimal()) or tail.strip("0"):
        raise Unexpected("a whole number", text)
    return int(head)


def number(text: str) -> float | None:
    """Return a finite number."""
    text = text.strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        raise Unexpected("a number", text) from None
    if "_" in text or not text.isascii():
        raise Unexpected("a number", text)
    if not math.isfinite(value):
        raise Unexpected("a finite number", text)
    return value


def flag(text: str) -> bool | None:
    """Return true or false, in any case, or as 1 or 0."""
    text = text.strip().lower()
    if not text:
        return None
    if text not in _FLAGS:
        raise Unexpected("true, false or blank", text)
    return _FLAGS[text]


def run_number(text: str) -> int:
    """Return a CMS run number."""
    value = _digits(text)
    if not FIRST_CMS_RUN <= value <= LAST_RUN:
        raise Unexpected(f"a run number from {FIRST_CMS_RUN} to {LAST_RUN}", text)
    return value


def lumisection(text: str) -> int:
    """Return a lumisection number."""
    value = _digits(text)
    if not 1 <= value <= LAST_LUMISECTION:
        raise Unexpected(f"a lumisection number from 1 to {LAST_LUMISECTION}", text)
    return value


def fill(text: str) -> int | None:
    """Return a fill number; upstream writes 0 where there was no fill."""
    value = integer(text)
    if value is not None and value < 0:
        raise Unexpected("a fill number", text)
    return value or None


def era(text: str) -> str | None:
    """Return an era in our spelling: `Run2018D` is 2018D; names of other periods stay."""
    text = text.strip()
    match = _ERA.fullmatch(text)
    return match[1] if match else text or None


def moment(text: str) -> str | None:
    """Return a time in UTC as RFC 3339; upstream's times without a zone are UTC."""
    text = text.strip()
    if not text:
        return None
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise Unexpected("a date and time", text) from None
    if value.utcoffset():
        raise Unexpected("a time in UTC", text)
    return value.replace(tzinfo=None).isoformat() + "Z"


def names(text: str) -> list[str]:
    """Return the names of a list written `[CSC, DT]`."""
    text = text.strip()
    if not (text.startswith("[") and text.endswith("]")):
        raise Unexpected("a list in square brackets", text)
    return [name for part in text[1:-1].split(",") if (name := part.strip().strip("'\""))]


def _digits(text: str) -> int:
    if text.isdecimal() and text.isascii() and len(text) < 10:
        return int(text)
    value = integer(text)
    return -1 if value is None else value
