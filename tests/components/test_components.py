"""The pieces of the screens: unique ids, plain words, losses that start at zero."""

from collections import Counter
from typing import Any

import pytest
from dash import html
from dash.development.base_component import Component

from components import board, board_page, certify_panel, empty, golden, run_header, shell, theme
from components.lumisection_strip import Span, strip
from model.vocabulary import Status


def text_of(part: Any) -> str:
    if isinstance(part, Component):
        return text_of(getattr(part, "children", None))
    if isinstance(part, list | tuple):
        return " ".join(map(text_of, part))
    return "" if part is None else str(part)


def ids_of(part: Component) -> list[str]:
    return [str(p.id) for p in (part, *part._traverse()) if isinstance(p, Component) and getattr(p, "id", None)]


def a_run_page() -> Component:
    header = shell.header(
        [("Board", "/"), ("Runs", "/runs")],
        active="/runs",
        users=[shell.User("a", "A. Shifter", ("online",))],
        user="a",
    )
    facts = [run_header.Fact("energy", "6500", "GeV", "era table", is_assumed=True)]
    top = run_header.run_header(323727, facts, state_name="OPEN", counts=run_header.Completeness(10, 10, 9))
    steps = [certify_panel.Step(n, "17:09", "B. Expert", "pixel BAD", can_undo=True) for n in (3, 4)]
    return shell.shell(header, [top, strip({}, 10), certify_panel.panel(), certify_panel.history(steps, 18412)])


def a_board() -> Component:
    counts = {"dt-dt": {Status.GOOD: 9}, "hcal-hcal": {Status.BAD: 2}, "csc-csc": {Status.STANDBY: 1}}
    runs = [board.RecentRun(1, "Cosmics18", (Span(1, 5, 1),), 5, None, "none", "OPEN")]
    decisions = [board.Decision(1, "dt-dt", "small", "", 1.0), board.Decision(2, "dt-dt", "large", "", 9.0)]
    parts = board.tiles(counts), board.recent_runs(runs), board.queue(decisions)
    return html.Div([board_page.board_body(), *parts])


def a_golden_page() -> Component:
    clauses = [golden.Clause("a", "class = C"), golden.Clause("b", "energy > 5", 3.2, ((5, 6.5),))]
    result = golden.Golden(1.0, 2.0, 1, 9, "ab" * 32, 7, "golden v1", "{}", "/api/x.json")
    bars = [golden.Bar("recorded", 2.0, True), golden.Bar("dt", -1.0), golden.Bar("golden", 1.0, True)]
    drawn = [golden.clauses(clauses, ["a", "b"]), theme.graph(golden.waterfall(bars), golden.WATERFALL)]
    return html.Div([*drawn, *golden.result(result)])


@pytest.mark.parametrize("screen", [a_run_page, a_board, a_golden_page])
def test_no_id_is_drawn_twice_on_a_screen(screen: Any) -> None:
    twice = [name for name, n in Counter(ids_of(screen())).items() if n > 1]
    assert twice == []


def test_tiles_come_worst_first() -> None:
    words = text_of(a_board())
    assert words.index("hcal-hcal") < words.index("csc-csc") < words.index("dt-dt")


def test_decisions_come_by_luminosity_at_stake() -> None:
    words = text_of(a_board())
    assert words.index("large") < words.index("small")


def test_luminosity_nobody_measured_is_unknown_and_not_zero() -> None:
    assert "unknown" in text_of(board.recent_runs([board.RecentRun(1, "c", (), 5, None, "none", "OPEN")]))


def test_an_assumed_fact_says_so() -> None:
    assert "assumed" in text_of(a_run_page())


def test_sources_that_know_different_lumisections_are_named() -> None:
    assert "luminosity 9" in text_of(run_header.completeness(run_header.Completeness(10, 10, 9)))
    assert text_of(run_header.completeness(run_header.Completeness(10, 10, 10))) == "10 LS everywhere"


def test_what_is_lost_is_never_written_as_nothing() -> None:
    written = {-0.004: "> −0.01", 0.004: "< +0.01", -0.006: "−0.01", 0.0: "0.00", -1234.5: "−1,234.50"}
    assert {value: golden.signed(value, 2) for value in written} == written


def test_the_waterfall_starts_at_zero_and_each_loss_hangs_from_the_one_before() -> None:
    bars = [
        golden.Bar("recorded", 10, True),
        golden.Bar("a", -3),
        golden.Bar("b", -2),
        golden.Bar("golden", 5, True),
    ]
    figure = golden.waterfall(bars)
    assert figure.layout.yaxis.rangemode == "tozero"
    assert list(figure.data[0].base) == [0, 7, 5, 0]
    assert list(figure.data[0].y) == [10, 3, 2, 5]


def test_an_axis_that_is_broken_says_so_where_bars_begin() -> None:
    bars = golden.steps(
        100, 96, [("small", 1.0), ("nothing", 0.0)], [golden.Bar("mixed", -3), golden.Bar("unknown", 0)]
    )
    assert [bar.label for bar in bars] == ["recorded", "small", "mixed", "golden"]
    figure = golden.waterfall(bars)
    low, high = figure.layout.yaxis.range
    assert (0 < low < 96, high > 100) == (True, True)
    assert [(mark.x, mark.text) for mark in figure.layout.annotations] == [(0, "≈"), (3, "≈")]
    inclusive = golden.waterfall(bars, stacked=False)
    assert (inclusive.layout.yaxis.rangemode, len(inclusive.layout.annotations)) == ("tozero", 0)
    assert list(inclusive.data[0].base) == [0, 0, 0, 0]


def test_a_reader_who_may_not_edit_is_told_why() -> None:
    panel = certify_panel.panel(is_editor=False, reason="Only tracker may certify this.")
    assert "Only tracker" in text_of(panel)
    buttons = [
        p for p in panel._traverse() if isinstance(p, Component) and getattr(p, "id", "") == certify_panel.APPLY
    ]
    assert buttons[0].disabled


def test_an_unknown_clause_neither_holds_nor_fails() -> None:
    words = certify_panel.why([certify_panel.Why("oms.tob_ready", None)])
    assert [p.className for p in words._traverse() if getattr(p, "className", "").startswith("is-")] == [
        "is-unknown"
    ]


def test_an_address_that_leads_nowhere_leads_back() -> None:
    assert "Back to the board" in text_of(empty.not_found("/nowhere"))


def test_a_stale_feed_is_named_in_words_too() -> None:
    chip = shell.feed_chips([shell.Feed("OMS", "12 min", "stale")])[0]
    assert chip.className == "feed is-stale" and "stale" in chip.title
