"""What the query page is filled with, and how a query is kept."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dash import no_update

from callbacks.query_page import drop_query, fill_query, keep_query, list_queries
from components import query_page as page
from components.query_examples import EXAMPLES
from model.columnar.snapshots import make, snapshot
from model.journal import sequence_now
from model.registry import Registry
from model.sandbox import sandbox
from model.sandbox.limits import Limits
from model.sandbox.run import opened
from model.sandbox.sandbox import Sandbox
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import words

_PLACES = ("told", "template", "notes", "tables", "age", "limits", "options")


@pytest.fixture
def at(small_registry: Registry, tmp_path: Path) -> Iterator[int]:
    """Give the sequence of the one snapshot that the page can see."""
    before = sandbox.sandbox()
    with small_registry.reading() as connection:
        found = sequence_now(connection)
    make(small_registry.reading, found, tmp_path / "snapshots")
    sandbox.use(Sandbox(tmp_path / "query.sock", tmp_path / "snapshots", Limits(time_s=7)))
    yield found
    sandbox.use(before)


def fill(search: str = "", pathname: str = "/query") -> dict[str, Any]:
    return dict(zip(_PLACES, fill_query(pathname, search), strict=True))


def test_the_page_shows_every_table_with_types_units_and_sentences(asking: Asking, at: int) -> None:
    with asking():
        drawn = fill()
    told = words(drawn["tables"])
    assert "lumisections" in told and "double · 1/pb" in told and "status of tracker-pixel" in told
    assert f"sequence {at:,}" in drawn["age"] and "At most 7 s" in drawn["limits"]
    assert [each["value"] for each in drawn["options"]] == ["latest", str(at)]
    assert drawn["told"] == {"sql": "", "snapshot": "latest", "plot": "", "x": "", "y": ""}
    with asking():
        assert set(fill(pathname="/runs").values()) == {no_update}
        assert list_queries("/runs", None) is no_update


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ("?colour=red", "“colour” means nothing on this page"),
        ("?saved=a.shifter/none", "There is no query a.shifter/none that you can see"),
        ("?plot=pie", "“pie” is no plot and was dropped"),
        ("?snapshot=1", "There is no snapshot of sequence 1. Near are"),
        ("?snapshot=nowhen", "nowhen"),
    ],
)
def test_what_the_address_cannot_mean_is_said(asking: Asking, at: int, search: str, said: str) -> None:
    with asking():
        assert said in words(fill(search)["notes"])


def test_a_query_is_kept_opened_by_its_name_and_taken_away(asking: Asking, at: int, triggered_by: Any) -> None:
    with asking():
        kept, name, refused = keep_query(1, None, "mine", False, "SELECT 1", "latest", "bars", "x", "y")
        assert (name, refused) == ("", None) and kept["sequence"] > at
        assert "mine" in words(list_queries("/query", None))
        assert fill("?saved=a.shifter/mine")["told"] == {
            "sql": "SELECT 1",
            "snapshot": "latest",
            "plot": "bars",
            "x": "x",
            "y": "y",
        }
        *_, refused = keep_query(1, None, "mine", False, " ", "latest", "", "", "")
        assert "no statement" in words(refused)
        assert keep_query(0, None, "", None, "", "", "", "", "") == (no_update,) * 3
    with asking("r.reader"):
        assert "mine" not in words(list_queries("/query", None))
        assert "that you can see" in words(fill("?saved=a.shifter/mine")["notes"])
    with asking():
        triggered_by(f'{{"name":"mine","owner":"a.shifter","type":"{page.DROP}"}}.n_clicks')
        drop_query([1])
        assert "No query is kept yet" in words(list_queries("/query", None))
        assert drop_query([0]) == (no_update, no_update)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.title)
def test_every_example_runs_and_has_the_columns_of_its_plot(at: int, example: Any) -> None:
    database = opened(snapshot(sandbox.sandbox().snapshots, at), Limits())
    found = database.sql(example.sql)
    assert {example.x, example.y} <= set(found.columns)
    found.fetchall()


def test_a_name_is_quoted_where_sql_needs_it(at: int) -> None:
    database = opened(snapshot(sandbox.sandbox().snapshots, at), Limits())
    for table in ("runs", "lumisections", "verdict_ranges", "history"):
        for name in database.sql(f"FROM {table}").columns:
            try:
                database.sql(f"SELECT {page.quoted(name)} FROM {table}")
            except duckdb.Error as error:
                pytest.fail(f"{name}: {error}")


def test_without_a_snapshot_the_page_says_so(asking: Asking, at: int, tmp_path: Path) -> None:
    sandbox.use(Sandbox(tmp_path / "query.sock", tmp_path / "none"))
    with asking():
        drawn = fill()
    assert "There is no snapshot yet" in words(drawn["notes"]) and "No tables" in words(drawn["tables"])
