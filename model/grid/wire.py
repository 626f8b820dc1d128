"""Rows as short texts: five thousand datasets × twenty-five columns travel in one small answer."""

from typing import Any

from model.grid.cells import Cell
from model.grid.grid import Row
from model.vocabulary import LETTER, State, Status

_LETTERS = {status.value: letter for status, letter in LETTER.items()}


def row_text(row: Row) -> dict[str, Any]:
    """Return a row with short keys.

    i id, r run, d dataset, s state, n lumisections, l recorded and w at stake in 1/pb, c cells, x the first
    letter of the state each cell's own workspace is in; empty where all are OPEN.
    """
    return {
        "i": row.dataset_id,
        "r": row.run_number,
        "d": row.dataset,
        "s": row.state,
        "n": row.lumisections,
        "l": None if row.recorded_invpb is None else round(row.recorded_invpb, 3),
        "w": round(row.at_stake_invpb, 3),
        "c": [cell_text(each) for each in row.cells],
        "x": "" if set(row.cell_states) <= {State.OPEN} else "".join(s[0] for s in row.cell_states),
    }


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


#: letters of statuses that leave a cell undecided
UNDECIDED = (LETTER[Status.EMPTY], LETTER[Status.NOTSET])
