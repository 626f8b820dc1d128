"""The strip: merged edges, unknown never drawn as good, luminosity and rows on one axis."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import strip_figure as drawn
from components import strip_meta as shown
from components.lumisection_strip import (
    GRAPH,
    INTENT,
    SELECTION,
    Hint,
    Otherwise,
    Span,
    StripData,
    StripRow,
    strip,
)
from components.mini_strip import mini_strip, status_tile, total, worst
from model.ranges import LumisectionRange, Ranges
from model.vocabulary import Status
from tests.model import world

ASSETS = Path(__file__).parents[2] / "assets"


def a_run(
    *rows: StripRow, last: int = 100, bits: tuple[StripRow, ...] = (), lumisections: Ranges = ()
) -> StripData:
    return StripData(
        run_number=323727,
        first=1,
        last=last,
        lumisections=lumisections or (LumisectionRange(1, last),),
        recorded_lumi_invpb=(0.5,) * last,
        lumi_source="normtag v3",
        rows=rows,
        sequence=7,
        bits=bits,
    )


def column(key: str, *spans: Span, dataset: str = "online") -> StripRow:
    return StripRow(key, key, spans, "column", dataset)


def bit(key: str, *spans: Span) -> StripRow:
    return StripRow(key, key, spans, "bit", "", editable=False)


@st.composite
def spans(draw: st.DrawFn, last: int = 100) -> tuple[Span, ...]:
    cuts = sorted(draw(st.sets(st.integers(1, last + 1), min_size=2, max_size=12)))
    return tuple(
        Span(a, b - 1, draw(st.integers(0, 5)), is_person=draw(st.booleans()))
        for a, b in zip(cuts, cuts[1:], strict=False)
        if draw(st.booleans())
    )


@given(spans(), spans())
def test_a_heatmap_has_no_more_columns_than_change_points(a: tuple[Span, ...], b: tuple[Span, ...]) -> None:
    data = a_run(column("dt-dt", *a), column("csc-csc", *b))
    changes = {edge for s in (*a, *b) for edge in (s.first, s.last + 1)} | {1, 101}
    assert len(drawn.merged_edges(data)) == len(changes)


@given(spans())
def test_every_lumisection_shows_its_own_status(given_spans: tuple[Span, ...]) -> None:
    row = column("dt-dt", *given_spans)
    data = a_run(row)
    edges = drawn.merged_edges(data)
    values = drawn.cells(row, edges, data.lumisections)
    for begin, end, value in zip(edges, edges[1:], values, strict=False):
        for number in range(begin, end):
            said = next((s for s in given_spans if s.first <= number <= s.last), None)
            assert value == (shown.code(row, said) if said else 0)


@pytest.mark.parametrize("status", [0, 3, 4, 5])
def test_an_unknown_bit_is_never_drawn_as_true(status: int) -> None:
    row = bit("bpix_ready", Span(1, 50, status))
    data = a_run(bits=(row,))
    assert set(drawn.cells(row, drawn.merged_edges(data), data.lumisections)) == {shown.BIT_UNKNOWN}
    assert shown.CODES[shown.BIT_UNKNOWN][0] == "empty"


def test_a_column_without_a_verdict_is_never_drawn_as_good() -> None:
    row = column("dt-dt")
    assert drawn.cells(row, [1, 101], (LumisectionRange(1, 100),)) == [0]
    assert shown.CODES[0][2] == "EMPTY"


def test_a_hole_of_the_run_is_drawn_as_nothing() -> None:
    row = column("dt-dt", Span(1, 100, Status.GOOD))
    data = a_run(row, lumisections=(LumisectionRange(1, 40), LumisectionRange(61, 100)))
    assert drawn.cells(row, drawn.merged_edges(data), data.lumisections)[1] is None


def test_a_rule_is_drawn_lighter_than_a_person() -> None:
    row = column("dt-dt")
    by_person, by_rule = (shown.code(row, Span(1, 9, Status.BAD, is_person=p)) for p in (True, False))
    assert shown.CODES[by_person][0] == "bad-cell"
    assert shown.CODES[by_rule][0] == "bad-rule"


def test_luminosity_and_rows_share_an_axis_that_begins_at_lumisection_1() -> None:
    figure = drawn.figure(a_run(column("dt-dt", Span(1, 100, 1))))
    assert tuple(figure.layout.xaxis.range) == (0.5, 100.5)
    assert {trace.xaxis or "x" for trace in figure.data} == {"x"}
    assert list(figure.data[0].x)[0] == 0.5


def test_a_row_carries_the_full_name_of_its_column() -> None:
    figure = drawn.figure(a_run(column("tracker-pixel", Span(1, 100, 1))))
    assert list(figure.layout.yaxis2.ticktext) == ["tracker-pixel"]


def test_every_dataset_has_a_heading() -> None:
    data = a_run(column("dt-dt"), column("dt-dt", dataset="/PromptReco/Collisions2018D/DQM"))
    words = [note.text for note in drawn.figure(data, "light").layout.annotations]
    assert words[:2] == ["<b>online</b>", "<b>prompt · /PromptReco/Collisions2018D/DQM</b>"]


def test_the_figure_is_as_high_as_its_place() -> None:
    data = a_run(column("dt-dt"), bits=(bit("bpix_ready"),))
    assert drawn.figure(data).layout.height == drawn.height_px(data)


@pytest.mark.parametrize("look", [drawn.DESK, drawn.TOUCH, drawn.WALL])
def test_a_row_that_one_certifies_is_a_target_of_24_px(look: drawn.Look) -> None:
    data = a_run(column("dt-dt"), column("csc-csc"), bits=(bit("bpix_ready"),))
    rows = drawn.figure(data, look=look).layout.meta["strip"]["rows"]
    high = {row["key"]: row["bottom"] - row["top"] for row in rows}
    assert min(high["dt-dt"], high["csc-csc"]) >= 24
    assert drawn.figure(data, look=look).layout.height == drawn.height_px(data, look)


def test_under_a_finger_a_bit_is_as_high() -> None:
    look = drawn.look_for(is_touched=True)
    rows = drawn.figure(a_run(bits=(bit("bpix_ready"),)), look=look).layout.meta["strip"]["rows"]
    assert [row["bottom"] - row["top"] for row in rows] == [24]
    assert drawn.look_for(is_wall=True, is_touched=True) is drawn.WALL


def test_a_run_without_rows_or_luminosity_is_still_drawn() -> None:
    data = StripData(1, 1, 10, (), (), "none", (), 1)
    assert drawn.figure(data).layout.height == drawn.height_px(data)


def test_selection_and_intent_are_stores_of_their_own() -> None:
    ids = [part.id for part in strip({}, 200).children]
    assert {GRAPH, SELECTION, INTENT} <= set(ids)
    assert len(ids) == len(set(ids))


def test_a_mini_strip_is_to_scale_and_leaves_holes_blank() -> None:
    pieces = mini_strip([Span(11, 20, Status.BAD), Span(31, 50, Status.GOOD)], 1, 100).children
    assert [(p.style["flex"].split()[0], p.className) for p in pieces] == [
        ("10", "is-hole"),
        ("10", "is-bad"),
        ("10", "is-hole"),
        ("20", "is-good"),
        ("50", "is-hole"),
    ]


def test_a_tile_shows_the_worst_status() -> None:
    counts = total([Span(1, 10, Status.GOOD), Span(11, 12, Status.BAD)])
    assert worst(counts) is Status.BAD
    assert "B · 2 LS" in status_tile("hcal-hcal", counts).children[1].children
    assert worst({}) is Status.EMPTY


def test_no_asset_has_more_than_300_lines_or_runs_code_from_text() -> None:
    for path in ASSETS.glob("*.js"):
        words = path.read_text()
        assert len(words.splitlines()) <= 300, path
        assert not re.search(r"\beval\(|new Function|innerHTML", words), path


def meta_of(data: StripData) -> dict[str, Any]:
    return dict(drawn.figure(data).layout.meta["strip"])


def test_what_a_program_proposes_is_told_beside_what_holds() -> None:
    hints = (
        Hint(4, 8, Status.BAD, "autoencoder 2.1", 0.93, "holes"),
        Hint(6, 9, Status.NOTSET, "dqm-tests 7"),
    )
    data = a_run(StripRow("tracker-pixel", "tracker-pixel", (Span(1, 9, Status.GOOD),), hints=hints))
    (said,) = meta_of(data)["rows"]
    told = [[*each[:2], shown.CODES[each[2]][1:], *each[3:]] for each in said["hints"]]
    assert told == [
        [4, 8, ("B", "BAD"), "autoencoder 2.1", 0.93, "holes"],
        [6, 9, ("?", "NOTSET"), "dqm-tests 7", None, ""],
    ]
    assert [span[:2] for span in said["spans"]] == [[1, 9]]
    # nothing of it is effective
    assert drawn.cells(data.rows[0], [1, 4, 9, 10], data.lumisections) == [1, 1, 1]


def test_an_overridden_bit_keeps_what_oms_says_and_tells_what_was_said_otherwise() -> None:
    said = Otherwise(4, 8, 2, 1, world.PROMPT, "d.coordinator", "layer 1 was off", "2024-05-01T12:00:00Z")
    row = replace(bit("bpix_ready", Span(1, 100, 1)), otherwise=(said,))
    data = a_run(bits=(row,))
    assert set(drawn.cells(row, drawn.merged_edges(data), data.lumisections)) == {shown.BIT_TRUE}
    ((first, last, now, raw, *who),) = meta_of(data)["rows"][0]["otherwise"]
    assert (first, last, shown.CODES[now][2], shown.CODES[raw][2]) == (4, 8, "false", "true")
    assert who == [world.PROMPT, "d.coordinator", "layer 1 was off", "2024-05-01T12:00:00Z"]


def test_a_row_without_proposals_carries_nothing_more() -> None:
    plain, hinted = column("dt-dt", Span(1, 9, 1)), replace(column("csc-csc"), hints=(Hint(4, 8, 2, "ae 1"),))
    rows = meta_of(a_run(plain, hinted, bits=(bit("bpix_ready", Span(1, 9, 1)),)))["rows"]
    assert [{"hints", "otherwise"} & row.keys() for row in rows] == [set(), {"hints"}, set()]
