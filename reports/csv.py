"""A report as CSV: one line per value, with its section, row, unit and source."""

import csv
import io

from model.report.report import Report, sha256

HEAD = ("section", "row", "key", "column", "value", "unit", "source")
#: what a spreadsheet would take for a formula
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(report: Report) -> str:
    """Return the report in long format; the first section says what it is."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEAD)
    for name, said in _about(report).items():
        writer.writerow(("report", 0, report.kind, name, safe(said), "", ""))
    for table in report.tables:
        for number, row in enumerate(table.rows):
            own = {column.name: value for column, value in zip(table.columns, row, strict=True)}
            for column, value in zip(table.columns, row, strict=True):
                unit = column.unit or (own.get("unit") if column.is_number else "") or ""
                source = table.source if column.is_number else ""
                writer.writerow((table.name, number, safe(row[0]), column.name, safe(value), unit, source))
    return text.getvalue()


def _about(report: Report) -> dict[str, object]:
    rule = report.rule
    return {
        "title": report.title,
        "scope": report.scope,
        "sequence": report.sequence,
        "recorded_at": report.recorded_at,
        "rule": f"{rule.name} v{rule.version} {rule.digest}" if rule else "",
        "null_policy": rule.null_policy if rule else "",
        "datasets": report.datasets,
        "luminosity_source": report.luminosity_source,
        "since": report.since,
        "notes": " ".join(report.notes),
        "sha256": sha256(report.body),
    }


def safe(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value
