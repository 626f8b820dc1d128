"""The documentation is one sound site that asks nobody else for anything."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.files import ROOT, committed

DOCS = ROOT / "docs"
_LOADED = re.compile(r"<(?:script|img|link|iframe|source)[^>]*?\b(?:src|href)=\"([^\"]+)\"")
_LINK = re.compile(r"\]\((?!https?://)([^)#]+)")
_INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\son\w+=\"")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Build it, as `make docs` does: what is not sound is an error."""
    folder = tmp_path_factory.mktemp("site")
    made = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-c", str(DOCS / "site")]
        + ["-d", str(folder / "kept"), str(DOCS), str(folder / "pages")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (made.returncode, made.stderr) == (0, "")
    yield folder / "pages"


def test_every_page_is_built_and_loads_only_what_lies_beside_it(site: Path) -> None:
    written = {
        path.relative_to("docs") for path in committed() if path.parts[0] == "docs" and path.suffix == ".md"
    }
    pages = {path.relative_to(site): path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    assert {path.with_suffix(".html") for path in written} <= pages.keys()
    for path, text in pages.items():
        loaded = _LOADED.findall(text)
        assert len(loaded) > 5, path
        assert not [at for at in loaded if not (site / path.parent / at.partition("?")[0]).is_file()], path
        assert not _INLINE.search(text), path


def test_the_search_knows_the_words_of_every_page(site: Path) -> None:
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    assert all(f'"{word}"' in index or f"{word}:" in index for word in ("lumisect", "webhook", "backup"))


def test_every_door_of_the_document_is_told(site: Path) -> None:
    told = (site / "doors.html").read_text(encoding="utf-8")
    paths = json.loads((DOCS / "openapi.json").read_text(encoding="utf-8"))["paths"]
    assert len(paths) > 100 and not [path for path in paths if path not in told]


def test_links_of_the_pages_at_the_root_lead_somewhere() -> None:
    tops = [path for path in committed() if len(path.parts) == 1 and path.suffix == ".md"]
    links = {(path, to) for path in tops for to in _LINK.findall((ROOT / path).read_text(encoding="utf-8"))}
    assert links and not [each for each in links if not (ROOT / each[1]).exists()]
