"""What a browser is sent before any callback: scripts, styles, and how long it may keep them."""

import gzip
import re
from pathlib import Path

import brotli
import pytest
from flask import Flask

from api.operating.drawn_with import Packed
from model.registry import Registry

ASSETS = Path("assets")
PLOTLY = ASSETS / "vendor" / "plotly-cartesian.min.js"
SUITE = "/_dash-component-suites/plotly/package_data/plotly.min.js"


def drawn_with(server: Flask) -> tuple[str, str]:
    """Return where the page says that its scripts and its styles are."""
    page = server.test_client().get("/").text
    (scripts,), (styles,) = (re.findall(rf'"(/assets/all\.[^"]+\.{kind})"', page) for kind in ("js", "css"))
    return scripts, styles


def test_no_page_reads_plotly_or_grids_before_it_has_one(server: Flask) -> None:
    scripts = re.findall(r'<script src="([^"]+)"', server.test_client().get("/").text)
    assert len(scripts) > 5
    assert not [script for script in scripts if "plotly" in script or "dash_ag_grid" in script]


def test_the_library_of_grids_lies_where_the_page_says(server: Flask) -> None:
    browser = server.test_client()
    (address,) = re.findall(r'data-grid="([^"]+)"', browser.get("/").text)
    answer = browser.get(address)
    assert b"window.dash_ag_grid" in answer.data
    assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_a_browser_is_told_early_what_the_page_reads_late(server: Flask) -> None:
    browser = server.test_client()
    early = {path: browser.get(path).headers.get("Link", "") for path in ("/", "/runs", "/runs/1", "/log")}
    assert "plotly" in early["/"] and "dash_ag_grid" not in early["/"]
    assert "async-community" in early["/runs"] and "plotly" not in early["/runs"]
    assert early["/runs/1"] == early["/"]
    assert early["/log"] == ""


def test_all_scripts_and_all_styles_are_one_file_each(server: Flask) -> None:
    browser = server.test_client()
    scripts, styles = (browser.get(address).text for address in drawn_with(server))
    for file in sorted(ASSETS.glob("*.js")):
        assert file.read_text() in scripts
    for file in (*ASSETS.glob("*.css"), *ASSETS.glob("vendor/*.css")):
        assert file.read_text() in styles
    # where both say something of an element, the framework comes last, as it did when these were files
    assert styles.index(".status-good {") < styles.index("Bootstrap  v")


def test_where_dash_looks_for_plotly_lie_the_parts_that_our_figures_are_made_of(server: Flask) -> None:
    answer = server.test_client().get(SUITE, buffered=True)
    assert (answer.mimetype, answer.data) == ("text/javascript", PLOTLY.read_bytes())


def test_a_browser_keeps_what_never_changes_under_its_address(server: Flask) -> None:
    browser = server.test_client()
    for address in drawn_with(server):
        stem, _, kind = address.rpartition(".")
        assert "immutable" in browser.get(address).headers["Cache-Control"]
        # a page of another release: it gets what is here, and must not take it for its own
        other = browser.get(f"{stem}0.{kind}")
        assert other.data == browser.get(address).data
        assert other.headers["Cache-Control"] == "no-store"
    assert "immutable" not in browser.get("/assets/base.css", buffered=True).headers.get("Cache-Control", "")


def test_what_a_page_is_drawn_with_is_packed_once_for_all_workers(tmp_path: Path) -> None:
    body, begun = b"a long script " * 1_000, []
    packed = Packed(tmp_path / "packed", begun.append)
    assert packed.find("/assets/all.js", lambda: body) is None
    assert packed.find("/assets/all.js", lambda: body) is None
    (work,) = begun
    work()
    found = packed.find("/assets/all.js", lambda: body)
    assert found is not None and brotli.decompress(found) == body
    # another worker, and the next start
    assert Packed(tmp_path / "packed", begun.append).find("/assets/all.js", lambda: body) == found
    assert len(begun) == 1


def test_where_nothing_can_be_kept_scripts_are_sent_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "packed").write_text("no folder")
    packed = Packed(tmp_path / "packed", lambda work: work())
    assert packed.find("/assets/all.js", lambda: b"a script " * 1_000) is None
    assert "is not kept packed" in caplog.text


def test_a_script_arrives_the_same_however_it_was_packed(server: Flask) -> None:
    browser, address = server.test_client(), drawn_with(server)[0]
    plain = browser.get(address)
    assert "Content-Encoding" not in plain.headers
    for wanted in ("br", "gzip, br;q=0", "br"):
        answer = browser.get(address, headers={"Accept-Encoding": wanted})
        unpack = {"br": brotli.decompress, "gzip": gzip.decompress}[answer.headers["Content-Encoding"]]
        assert unpack(answer.data) == plain.data
        assert "Accept-Encoding" in answer.headers["Vary"]


def test_answers_that_differ_are_never_kept_packed(server: Flask, small_registry: Registry) -> None:
    browser, wanted = server.test_client(), {"Accept-Encoding": "gzip"}
    before = browser.get("/api/v1/runs", headers=wanted).data
    with small_registry.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM run_fact")
    assert browser.get("/api/v1/runs", headers=wanted).data != before


def test_a_started_server_has_read_the_grid_before_somebody_opens_it(small_registry: Registry) -> None:
    assert small_registry.warm() == 2
