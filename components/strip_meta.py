"""What the browser knows of a strip: `assets/lumisection_strip*.js` draws marks, tells and selects by it."""

from collections.abc import Sequence
from typing import Any

from components import theme
from components.lumisection_strip import Span, StripData, StripRow
from model.vocabulary import COLUMN_OF_BIT, LETTER, Status

#: what a cell can show, as (token, letter, word); the index is the value in the heatmap
CODES: tuple[tuple[str, str, str], ...] = (
    ("empty", LETTER[Status.EMPTY], "EMPTY"),
    *(
        (theme.cell_token(status, is_person=is_person), LETTER[status], status.name)
        for status in (Status.GOOD, Status.BAD, Status.STANDBY, Status.EXCLUDED, Status.NOTSET)
        for is_person in (True, False)
    ),
    ("empty", "?", "unknown"),
    ("bit-on", "1", "true"),
    ("loss", "0", "false"),
)
BIT_UNKNOWN, BIT_TRUE, BIT_FALSE = len(CODES) - 3, len(CODES) - 2, len(CODES) - 1


def code(row: StripRow, span: Span) -> int:
    """Return the heatmap value of a span; a bit that is not known is never drawn as true."""
    if row.kind == "bit":
        return {1: BIT_TRUE, 2: BIT_FALSE}.get(span.status, BIT_UNKNOWN)
    if span.status == Status.EMPTY:
        return 0
    return 2 * int(Status(span.status)) - (1 if span.is_person else 0)


def meta(data: StripData, placed: Sequence[tuple[StripRow, float, float]]) -> dict[str, Any]:
    """Return a run with its rows, each with its top and bottom in px."""
    return {
        "run_number": data.run_number,
        "first": data.first,
        "last": data.last,
        "sequence": data.sequence,
        "exists": [list(r) for r in data.lumisections],
        "lumi": [round(value, 6) for value in data.recorded_lumi_invpb],
        "source": data.lumi_source,
        "codes": CODES,
        "rows": [_row(row, top, bottom) for row, top, bottom in placed],
    }


def _row(row: StripRow, top: float, bottom: float) -> dict[str, Any]:
    return {
        "key": row.key,
        "label": row.label,
        "dataset": row.dataset,
        "kind": row.kind,
        "editable": row.editable and row.kind == "column",
        "explains": COLUMN_OF_BIT.get(row.key, "") if row.kind == "bit" else "",
        "top": top,
        "bottom": bottom,
        "spans": [
            [s.first, s.last, code(row, s), s.author, s.is_person, s.cause, s.comment, s.at] for s in row.spans
        ],
        **_beside(row),
    }


def _beside(row: StripRow) -> dict[str, Any]:
    """Return what stands beside what counts in a row; most rows have nothing of it, and say nothing."""

    def shown(status: int) -> int:
        return code(row, Span(1, 1, status))

    found = {
        "hints": [[h.first, h.last, shown(h.status), h.program, h.score, h.reason] for h in row.hints],
        "otherwise": [
            [o.first, o.last, shown(o.status), shown(o.raw), o.dataset, o.author, o.comment, o.at]
            for o in row.otherwise
        ],
    }
    return {name: said for name, said in found.items() if said}
