"""What is written of the tables is so; that readers of columns find them, tests/docs holds."""

from pathlib import Path

from model.columnar.tables import FIXED, lumisections
from model.columnar.words import BEGIN, END, described

ROOT = Path(__file__).resolve().parents[2]
DOC = ROOT / "docs" / "snapshots.md"


def test_the_document_says_what_the_descriptions_say() -> None:
    between = DOC.read_text().partition(BEGIN)[2].partition(END)[0]
    assert between.strip() == described((lumisections(), *FIXED))
