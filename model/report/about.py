"""What stands on top of every document: what the report is about and what it was made of."""

from collections.abc import Iterator

from model.report.report import Report, sha256
from model.report.scope import Kind


def title(report: Report) -> str:
    """Return the title of a document."""
    return f"{'Shift' if report.kind == Kind.SHIFT else 'Certification'} report · {report.title}"


def facts(report: Report) -> Iterator[tuple[str, str]]:
    """Yield the names and the words of what a report was made of."""
    label = "" if report.as_of == str(report.sequence) else f" ({report.as_of})"
    yield (
        "Frozen at",
        f"sequence {report.sequence}{label}, recorded {report.recorded_at[:19].replace('T', ' ')} UTC",
    )
    if rule := report.rule:
        yield (
            "Rule",
            f"{rule.name} v{rule.version} · {rule.digest[:12]} · missing data count as {rule.null_policy}",
        )
        yield "Datasets", f"{report.datasets} (% is any text)"
    yield "Luminosity", f"in pb⁻¹, source {report.luminosity_source}"
    if report.since:
        yield "Compared with", report.since
    yield "SHA-256", sha256(report.body)
