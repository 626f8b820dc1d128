"""Ranges of runs, or of lumisections, as people write them: `380649`, `381000-381594`, or several by commas."""

import re

from model.errors import Invalid

Span = tuple[int, int]
_SPAN = re.compile(r"(\d{1,9})(?:\s*[-–]\s*(\d{1,9}))?", re.ASCII)
MOST = 500
RUNS, LUMISECTIONS = "381000-381594", "10-200"


def span(text: str, example: str = RUNS) -> Span | None:
    """Return first and last of what a text names, both included; None of nothing.

    Args:
        example: one that says what the numbers are, of `RUNS` or `LUMISECTIONS`.

    Raises:
        Invalid: it is no range, reversed, or begins before lumisection 1.
    """
    if not (said := text.strip()):
        return None
    what = "lumisections" if example == LUMISECTIONS else "runs"
    match = _SPAN.fullmatch(said)
    if match is None:
        raise Invalid(f"“{said[:40]}” is no range of {what} such as {example}.")
    first, last = int(match[1]), int(match[2] or match[1])
    if first > last:
        raise Invalid(f"“{said[:40]}” is no range of {what}: it is reversed.")
    if example == LUMISECTIONS and first < 1:
        raise Invalid(f"“{said[:40]}” is no range of lumisections: they begin at 1.")
    return first, last


def spans(text: str) -> tuple[Span, ...]:
    """Return every range of runs that a text names, by commas.

    Raises:
        Invalid: one of them is none, or there are more than `MOST`.
    """
    found = tuple(each for word in text.split(",") if (each := span(word)))
    if len(found) > MOST:
        raise Invalid(f"At most {MOST} ranges of runs can be named, not {len(found)}.")
    return found
