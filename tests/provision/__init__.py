"""What the tests need from outside Python: a browser and a PostgreSQL server."""

from pathlib import Path

#: what is fetched for the tests and no package list can hold; never committed
TOOLS = Path(__file__).resolve().parents[2] / ".tools"


class Unavailable(Exception):
    """Something the tests need cannot be had; the sentence says what would help."""
