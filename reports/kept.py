"""Documents that are drawn once and kept for all workers."""

from model.cache import Cache, key
from model.report.report import Report, sha256

#: another number where documents are drawn otherwise
_LOOK = 1


def kept_pdf(cache: Cache, report: Report) -> bytes:
    """Return the report as PDF, drawn once and kept under its digest."""
    name = key("report-pdf", _LOOK, sha256(report.body))
    found = cache.get(name)
    if found is None:
        # what draws takes 20 MiB, which a process that never draws does not carry
        from reports.pdf import as_pdf

        found = as_pdf(report)
        cache.set(name, found)
    return found
