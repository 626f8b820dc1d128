"""What is said of one page, and the keys that several pages have."""

from dataclasses import dataclass

Keys = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Help:
    """The help of one page.

    Args:
        deeds: three to six things that one does here.
        words: terms of the glossary that one meets here.
        docs: the page of the documentation that says more.
    """

    name: str
    purpose: str
    deeds: tuple[str, ...]
    keys: Keys = ()
    words: tuple[str, ...] = ()
    docs: str = "index"


EVERYWHERE: Keys = (
    ("?", "this help"),
    ("/", "go to a run, or look for a fill, an era, a class"),
    ("R", "show me the call: this screen as curl, Python, SQL"),
    ("Tab", "the next control; a dotted word tells what it means"),
    ("Esc", "close, let go, clear the selection"),
)
STATUS: Keys = (
    ("G S E", "set GOOD, STANDBY, EXCLUDED"),
    ("B", "BAD: choose the cause, Enter applies"),
    ("⌫", "set NOTSET"),
    ("C", "comment"),
    ("W", "why: the rules behind a cell"),
    ("U", "undo your last change"),
)
STRIP: Keys = (
    ("← → ↑ ↓", "move: by status change, by row"),
    ("Alt ← →", "move by one lumisection"),
    ("PgUp PgDn", "previous or next dataset"),
    ("Home End", "first or last lumisections"),
    ("Shift + arrows", "extend the selection"),
    ("Space", "select or deselect under the cursor"),
    ("Enter", "who, when, why; or apply"),
    ("Drag · Shift · Ctrl", "select · extend · add"),
    *STATUS,
    ("M T", "two people at once: mine, theirs"),
)
GRID: Keys = (
    ("← → ↑ ↓", "move from cell to cell"),
    ("Shift + arrows", "extend the selection"),
    ("Space", "select or deselect under the cursor"),
    *STATUS,
    ("A", "all others GOOD"),
    ("L", "the lumisections under the row"),
    ("F", "filter"),
    ("P X", "accept, reject a proposal"),
    ("D · Shift + D", "fill down, fill right; or drag the cell's corner"),
    ("M T", "two people at once: mine, theirs"),
    ("H O", "hide a dataset, override a bit"),
    ("Shift + Enter", "sign off"),
    ("Shift + ⌫", "back to OPEN, with a reason"),
)
LIST: Keys = (("↑ ↓ or J K", "next, previous"), ("Enter", "open"))
