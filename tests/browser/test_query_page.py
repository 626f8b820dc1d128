"""The query page in hands: an example runs, is drawn, called off, kept and shared."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet
import pytest

from model.columnar.snapshots import make
from model.journal import sequence_now
from model.registry import Registry
from tests.browser.conftest import ROOT
from tests.browser.hand import Hand
from tests.browser.small import FIRST

# other tests have runs of their own
_SQL = (
    f"SELECT run_number, recorded_lumi_invpb FROM runs WHERE run_number >= {FIRST} ORDER BY run_number LIMIT 3"
)
#: it takes long and holds nothing, so that no limit of memory ends it first
_LONG = "SELECT sum(a.range * b.range % 7) FROM range(100000000) a, range(100000) b"


@pytest.fixture(scope="module", autouse=True)
def _asked(kept: Registry, data_dir: Path) -> Iterator[None]:
    """Make a snapshot, and start what answers."""
    with kept.reading() as connection:
        at = sequence_now(connection)
    make(kept.reading, at, data_dir / "snapshots")
    environment = {**os.environ, "DATA_DIR": str(data_dir)}
    process = subprocess.Popen([sys.executable, "-m", "jobs", "query"], cwd=ROOT, env=environment)
    until = time.monotonic() + 60
    while not (data_dir / "query.sock").exists():
        assert process.poll() is None and time.monotonic() < until, "the query process does not start"
        time.sleep(0.05)
    yield
    process.terminate()
    process.wait(timeout=20)


def _runs(hand: Hand, sql: str) -> None:
    hand.page.fill("#query-sql", sql)
    hand.press("Control+Enter")


def test_an_example_runs_and_is_drawn_and_its_address_gives_the_same(hand: Hand) -> None:
    hand.go("/query")
    hand.page.click("text=Examples")
    hand.page.click("text=Persons against rules")
    hand.reads("#query-state", "snapshot")
    hand.page.wait_for_selector("#query-plot .bars path", state="attached")
    hand.reads("#query-grid", "tracker-pixel")
    address = hand.page.evaluate("() => location.pathname + location.search")
    assert "sql=" in address and "plot=bars" in address
    hand.go(address)
    hand.reads("#query-grid", "tracker-pixel")
    hand.page.wait_for_selector("#query-plot .bars path", state="attached")


def test_names_complete_while_one_types_and_a_press_puts_one_in(hand: Hand) -> None:
    hand.go("/query")
    hand.page.click("#query-sql")
    hand.page.keyboard.type("SELECT count(*) AS n FROM lumisections WHERE tracker-pix")
    hand.reads("#shell-complete", "tracker-pixel")
    hand.press("Enter")
    hand.page.keyboard.type(" = 'GOOD'")
    hand.press("Control+Enter")
    hand.reads("#query-state", "1 row")
    assert hand.page.input_value("#query-sql").endswith("WHERE \"tracker-pixel\" = 'GOOD'")
    hand.page.fill("#query-tables-filter", "pileup")
    hand.page.wait_for_selector(".query-word[data-word=pileup]:visible")
    hand.page.fill("#query-sql", "SELECT ")
    hand.page.click(".query-word[data-word=pileup]:visible")
    assert hand.page.input_value("#query-sql") == "SELECT pileup"


def test_a_press_on_a_table_puts_it_in_and_shows_its_columns(hand: Hand) -> None:
    hand.go("/query")
    hand.page.click(".query-word[data-word=runs]")
    assert hand.page.input_value("#query-sql") == "runs"
    hand.page.wait_for_selector(".query-table details[open] .query-word[data-word=run_number]:visible")


def test_run_numbers_are_written_out_and_the_grid_is_as_tall_as_its_rows(hand: Hand) -> None:
    hand.go("/query")
    assert hand.page.inner_text("#query-kind option:checked") == "no plot"
    _runs(hand, _SQL)
    hand.reads("#query-state", "3 rows")
    hand.page.select_option("#query-kind", "scatter")
    hand.page.wait_for_selector("#query-plot .xtick text", state="attached")
    ticks = hand.page.locator("#query-plot .xtick text").all_text_contents()
    assert ticks and all(tick.isdecimal() and len(tick) == 6 for tick in ticks)
    height = hand.page.locator("#query-grid").bounding_box()["height"]
    assert hand.page.locator("#query-grid .ag-row").count() == 3
    assert 3 * 28 < height < 200


def test_a_long_query_is_called_off_and_the_next_one_runs(hand: Hand) -> None:
    hand.go("/query")
    _runs(hand, _LONG)
    hand.reads("#query-state", "running")
    hand.press("Escape")
    hand.reads("#query-state", "Cancelled")
    _runs(hand, _SQL)
    hand.reads("#query-grid", str(FIRST))
    hand.reads("#query-grid", "recorded_lumi_invpb [1/pb]")


def test_a_file_holds_the_answer(hand: Hand, tmp_path: Path) -> None:
    hand.go("/query")
    _runs(hand, _SQL)
    hand.reads("#query-state", "3 rows")
    with hand.page.expect_download() as waiting:
        hand.page.click("[data-file=parquet]")
    waiting.value.save_as(tmp_path / "answer.parquet")
    found = pyarrow.parquet.read_table(tmp_path / "answer.parquet")
    assert found.num_rows == 3 and found.column("run_number")[0].as_py() == FIRST
    hand.reads("#query-state", "The file holds every row.")


def test_a_query_is_kept_and_somebody_else_opens_it(hand: Hand) -> None:
    hand.go("/query")
    _runs(hand, _SQL)
    hand.reads("#query-state", "3 rows")
    hand.page.click("text=Saved")
    hand.page.check("#query-shared")
    hand.page.fill("#query-name", "three runs")
    hand.press("Enter")
    hand.reads("#query-saved", "three runs")
    hand.press("Escape")
    assert hand.page.locator(".query-menu[open]").count() == 0
    assert hand.page.evaluate("() => document.activeElement.innerText") == "Saved"
    hand.becomes("r.reader")
    hand.go("/query?saved=a.shifter%2Fthree%20runs")
    hand.reads("#query-state", "3 rows")
    assert hand.page.input_value("#query-sql") == _SQL


def test_a_refusal_is_a_sentence(hand: Hand) -> None:
    hand.go("/query")
    _runs(hand, "DROP VIEW runs")
    hand.reads("#query-state", "Only SELECT can be run here")
    # a browser complains of every answer that is no success
    hand.complaints[:] = [each for each in hand.complaints if "422" not in each]


def test_on_a_telephone_nothing_is_wider_than_the_screen(open_hand: object) -> None:
    hand: Hand = open_hand(390, 844)  # type: ignore[operator]  # the fixture gives a function
    hand.go("/query")
    _runs(hand, _SQL)
    hand.reads("#query-state", "3 rows")
    assert hand.page.evaluate("() => document.documentElement.scrollWidth") <= 390
