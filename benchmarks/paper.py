"""What a page is on paper: the PDF that a browser prints."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from benchmarks.looks import open_page, wait_until_still

_SCREEN_PX = 1366
_FOOT = re.compile(r"sequence [\d,]+ · [-\d]+ [:\d]+ UTC(?=\s*http)")


@dataclass(frozen=True)
class Sheet:
    """A page that is printed."""

    name: str
    path: str


@dataclass(frozen=True)
class Printed:
    """How many pages a page of the product is, and what stands at the foot of the first."""

    name: str
    pages: int
    foot: str


def on_paper(browser: Any, origin: str, sheets: Sequence[Sheet], out: Path) -> list[Printed]:
    """Print pages as somebody in the dark theme does."""
    found = []
    for sheet in sheets:
        page = open_page(browser, _SCREEN_PX, [])
        page.goto(f"{origin}{sheet.path}")
        wait_until_still(page)
        paper = page.pdf(prefer_css_page_size=True)
        (out / f"{sheet.name}.pdf").write_bytes(paper)
        read = PdfReader(BytesIO(paper))
        foot = _FOOT.search(read.pages[0].extract_text())
        found.append(Printed(sheet.name, len(read.pages), foot[0] if foot else ""))
        page.context.close()
    return found
