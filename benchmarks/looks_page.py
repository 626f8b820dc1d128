"""What docs/looks.md says: the measured part between its marks, what was compared and mended around it."""

import platform
from collections.abc import Sequence
from datetime import UTC, datetime

from benchmarks.harness import ROOT
from benchmarks.looks import MOST_SHIFT, Look
from benchmarks.paper import Printed

PAGE = ROOT / "docs" / "looks.md"
_BEGIN, _END = "<!-- what make pictures measured -->", "<!-- end of it -->"


def measured(found: Sequence[Look], printed: Sequence[Printed], shown_kib: float, browser: str) -> str:
    """Return the tables: a line for each page and width, one for each page on paper."""
    worst = max(found, key=lambda each: each.shift)
    head = (
        f"Measured on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC with Chromium {browser} on {platform.system()}: "
        f"{len(found)} pages × widths, each in two themes. {sum(each.shift < MOST_SHIFT for each in found)} of "
        f"them move less than {MOST_SHIFT} while they are read, the most is {worst.shift:.3f} "
        f"({worst.screen} at {worst.width} px); {sum(each.overflow_px > 0 for each in found)} scroll sideways; "
        f"{sum(len(each.complaints) for each in found)} complaints of the browser. The pictures of "
        f"the docs are {shown_kib:.0f} KiB."
    )
    rows = [
        f"| {each.screen} | {each.width} | {each.shift:.3f} | {each.overflow_px} | {len(each.complaints)} | "
        f"{each.target_px:.0f} | {each.text_px:.0f} | {each.picture('dark')}, {each.picture('light')} |"
        for each in found
    ]
    sheets = [f"| {each.name} | {each.pages} | {_foot(each)} |" for each in printed]
    return "\n".join(
        [
            _BEGIN,
            head,
            "",
            "| page | width | moved | sideways, px | complaints | target, px | text, px | pictures |",
            "|---|---|---|---|---|---|---|---|",
            *rows,
            "",
            "| on paper | pages | at the foot |",
            "|---|---|---|",
            *sheets,
            _END,
        ]
    )


def _foot(printed: Printed) -> str:
    return printed.foot or "nothing"


def write_page(found: Sequence[Look], printed: Sequence[Printed], shown_kib: float, browser: str) -> None:
    """Put what was measured into the page."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    PAGE.write_text(f"{before}{measured(found, printed, shown_kib, browser)}{after}", encoding="utf-8")
