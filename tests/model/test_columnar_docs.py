"""What is written of the tables is so; that readers of columns find them, tests/docs holds."""

from pathlib import Path

import pytest

from model.columnar.tables import FIXED, lumisections
from model.columnar.words import with_tables

ROOT = Path(__file__).resolve().parents[2]
DOC = ROOT / "docs" / "snapshots.md"


def test_the_document_says_what_the_descriptions_say() -> None:
    text = DOC.read_text()
    assert text == with_tables(text, (lumisections(), *FIXED))


def test_a_text_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="has no part"):
        with_tables("# Snapshots", FIXED)
