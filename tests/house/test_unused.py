"""Nothing is kept for later."""

from tests.house.files import ROOT, committed, product
from tests.house.unused import unused

#: what starts the product names parts of it
_STARTS = ("gunicorn.conf.py", "Makefile")
#: a stand-in's methods are named by the library whose protocol it speaks
_SPOKEN_TO = "simulators"


def test_whatever_is_defined_is_used_by_the_product_itself() -> None:
    """A test is no use: what only tests name is dead."""
    sources = {str(path): (ROOT / path).read_text() for path in product() if path.parts[0] != _SPOKEN_TO}
    shown = [p for p in committed() if p.parts[0] == "assets" and p.suffix == ".js" and "vendor" not in p.parts]
    assert not list(unused(sources, ((ROOT / path).read_text() for path in (*shown, *_STARTS))))


def test_what_is_named_once_would_be_seen() -> None:
    source = "def used() -> None: ...\ndef lost() -> None: ...\nclass A(B):\n    def by_b(self): ...\nA, used\n"
    assert list(unused({"a.py": source})) == ["a.py:2: lost is named nowhere else"]


def test_a_lost_property_and_a_lost_method_would_be_seen() -> None:
    source = "class A:\n    @property\n    def one(self): ...\n    def two(self): ...\nA\n"
    assert len(list(unused({"a.py": source}))) == 2
