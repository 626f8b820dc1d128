"""What changed since the last report of the same kind: its figures beside those of now."""

from model.report.kept import Kept
from model.report.report import Row, Table, Value, count, table, words

FIRST = "It is the first report of its kind: there is nothing to compare it with."


def figures(summary: Table, since: Kept | None) -> Table:
    """Return each figure of the summary beside that of the last report, where it told it."""
    columns = (
        words("figure", "figure"),
        count("before", "before"),
        count("now", "now"),
        count("change", "change"),
        words("unit", "unit"),
    )
    rows = (
        []
        if since is None
        else [_row(row, since.figures[str(row[0])]) for row in summary.rows if row[0] in since.figures]
    )
    note = FIRST if since is None else f"Compared with {since.name}, {since.title}, sequence {since.sequence}."
    return table("since", "Since the last report", columns, rows, "both reports", note)


def _row(row: Row, before: Value) -> Row:
    figure, now, unit, _ = row
    if isinstance(now, int | float) and isinstance(before, int | float):
        return figure, before, now, now - before, unit
    return figure, before, now, None, unit
