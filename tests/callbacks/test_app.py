"""What a browser is sent before any callback: scripts, styles, and how long it may keep them."""

import re
from pathlib import Path

from flask import Flask

from model.registry import Registry

PLOTLY = Path("assets/vendor/plotly-cartesian.min.js")
SUITE = "/_dash-component-suites/plotly/package_data/plotly.min.js"


def test_no_page_reads_plotly_before_it_has_a_figure(server: Flask) -> None:
    scripts = re.findall(r'<script src="([^"]+)"', server.test_client().get("/").text)
    assert [script for script in scripts if "/assets/certify_grid.js" in script]
    assert not [script for script in scripts if "plotly" in script]


def test_where_dash_looks_for_plotly_lie_the_parts_that_our_figures_are_made_of(server: Flask) -> None:
    answer = server.test_client().get(SUITE, buffered=True)
    assert (answer.mimetype, answer.data) == ("text/javascript", PLOTLY.read_bytes())


def test_a_browser_keeps_what_never_changes_under_its_address(server: Flask) -> None:
    browser = server.test_client()
    (styles,) = re.findall(r'href="(/assets/base\.css\?m=[^"]+)"', browser.get("/").text)
    assert "immutable" in browser.get(styles, buffered=True).headers["Cache-Control"]
    assert "immutable" not in browser.get("/assets/base.css", buffered=True).headers.get("Cache-Control", "")
    assert "immutable" not in browser.get("/assets/nothing.css?m=1").headers.get("Cache-Control", "")


def test_answers_that_differ_are_never_kept_packed(server: Flask, small_registry: Registry) -> None:
    browser, wanted = server.test_client(), {"Accept-Encoding": "gzip"}
    before = browser.get("/api/v1/runs", headers=wanted).data
    with small_registry.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM run_fact")
    assert browser.get("/api/v1/runs", headers=wanted).data != before


def test_a_started_server_has_read_the_grid_before_somebody_opens_it(small_registry: Registry) -> None:
    assert small_registry.warm() == 2
