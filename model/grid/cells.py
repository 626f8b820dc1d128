"""What one cell of the grid shows: the worst status, its share, who spoke, and the pieces of a mixed run.

Cells travel as short texts: five thousand datasets × twenty-five columns fit into one small answer.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from model.ranges import Ranges
from model.vocabulary import LETTER, SEVERITY, Status

_LETTERS = {status.value: letter for status, letter in LETTER.items()}
_RANK = {status.value: rank for rank, status in enumerate(SEVERITY)}


class Piece(NamedTuple):
    """One verdict as stored; a rule's word is no person's."""

    first: int
    last: int
    status: int
    is_person: bool
    has_reason: bool


class Cell(NamedTuple):
    """One column of one dataset.

    Args:
        status: the worst one that a lumisection has.
        share: of the lumisections that have it, 0 to 1.
        is_person: a person gave the worst status.
        has_reason: somebody wrote a cause or a comment.
        pieces: (status, lumisections) from first to last where statuses mix, else empty.
    """

    status: int
    share: float
    is_person: bool
    has_reason: bool
    pieces: tuple[tuple[int, int], ...]


UNTOUCHED = Cell(Status.EMPTY.value, 1.0, is_person=False, has_reason=False, pieces=())


@cache
def _whole(status: int, is_person: bool, has_reason: bool) -> Cell:  # noqa: FBT001  a cache knows places only
    return Cell(status, 1.0, is_person, has_reason, ())


def cell(said: Sequence[Piece], lumisections: Ranges) -> Cell:
    """Return a cell from verdicts in order and the lumisections that exist; a hole is no piece."""
    if not said:
        return UNTOUCHED
    if len(said) == 1 and len(lumisections) == 1 and said[0][:2] == lumisections[0]:
        return _whole(*said[0][2:])
    pieces = _pieces(said, lumisections)
    if not pieces:
        return UNTOUCHED
    worst = min((status for status, _ in pieces), key=_RANK.__getitem__)
    total = sum(n for _, n in pieces)
    share = sum(n for status, n in pieces if status == worst) / total
    spoke = [piece for piece in said if piece.status == worst]
    is_person = bool(spoke) and all(piece.is_person for piece in spoke)
    has_reason = any(piece.has_reason for piece in said)
    return Cell(worst, share, is_person, has_reason, tuple(pieces) if len(pieces) > 1 else ())


def _pieces(said: Sequence[Piece], lumisections: Ranges) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []

    def add(status: int, n: int) -> None:
        if n > 0 and found and found[-1][0] == status:
            found[-1] = (status, found[-1][1] + n)
        elif n > 0:
            found.append((status, n))

    for first, last in lumisections:
        at = first
        for piece in said:
            if piece.last < at or piece.first > last:
                continue
            add(Status.EMPTY.value, max(piece.first, at) - at)
            at = max(piece.first, at)
            add(piece.status, min(piece.last, last) - at + 1)
            at = min(piece.last, last) + 1
        add(Status.EMPTY.value, last - at + 1)
    return found


@lru_cache(maxsize=50_000)
def cell_text(cell: Cell) -> str:
    """Return a cell: `G`, `g` where a rule said it, `B42*|1x10,2x14` where it is mixed and has a reason.

    The number is the share of the worst status in per cent; pieces are status × lumisections, in order.
    """
    letter = _LETTERS[cell.status]
    if not cell.is_person:
        letter = letter.lower()
    share = "" if not cell.pieces else str(min(99, max(1, round(100 * cell.share))))
    pieces = "|" + ",".join(f"{status}x{n}" for status, n in cell.pieces) if cell.pieces else ""
    return f"{letter}{share}{'*' if cell.has_reason else ''}{pieces}"
