"""The fenced blocks of every page, each with what it holds and, where it cannot be run here, why."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.house.files import ROOT, committed

#: what is run, or at least parsed; `text` is no command
LANGUAGES = {"sh", "python", "sql", "http", "json", "javascript", "text"}
_FENCE = re.compile(r"^ *```(?P<language>[^`\n]*)\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL)
_NOT_RUN = re.compile(r"<!-- not run: (?P<why>[^>]+?) -->\n+\Z")
_ENDLESS = re.compile(r"<!-- never ends -->\n+\Z")


@dataclass(frozen=True)
class Block:
    """One block.

    Args:
        not_run: why it cannot be run by a test; empty for one that is.
        is_endless: it is stopped as soon as it has said something.
    """

    page: Path
    line: int
    language: str
    text: str
    not_run: str = ""
    is_endless: bool = False

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.page}:{self.line}"


def pages() -> list[Path]:
    """Return every page that people read: README, CONTRIBUTING and what is below docs."""
    tops = {Path("README.md"), Path("CONTRIBUTING.md"), Path("CHANGELOG.md")}
    return [path for path in committed() if path in tops or (path.parts[0], path.suffix) == ("docs", ".md")]


def blocks(page: Path) -> Iterator[Block]:
    """Give the blocks of a page, in order; directives of the site (`{toctree}`) are none."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        before, language = text[: found.start()], found["language"].strip()
        why = _NOT_RUN.search(before)
        endless = _ENDLESS.search(before) is not None
        if not language.startswith("{"):
            line = before.count("\n") + 1
            yield Block(page, line, language, found["text"], why["why"] if why else "", endless)


def spans(page: Path) -> Iterator[str]:
    """Give what stands between back-ticks in the text of a page."""
    text = _FENCE.sub("", (ROOT / page).read_text(encoding="utf-8"))
    yield from (" ".join(found.split()) for found in re.findall(r"`([^`]+)`", text))
