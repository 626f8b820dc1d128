"""What the address of the map means, and what the callbacks draw and keep."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from dash import no_update

from callbacks.era_map import choose_map, fill_map, weigh_picked
from components import era_map as page
from components import theme
from model.era_map import question
from model.registry import Registry
from tests.browser.small import FIRST
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import named, parts, words
from tests.model import world

LAST = FIRST + 1


def drawn(asking: Asking, search: str = "") -> tuple[str, str, dict[str, Any], dict[str, str]]:
    with asking():
        head, legend, picture, chosen = fill_map("/map", search, None)
    return words(head), words(legend), picture, chosen


def test_the_map_is_filled_only_on_its_own_address(asking: Asking) -> None:
    with asking():
        assert fill_map("/runs", "", None) == (no_update,) * 4


def test_the_newest_era_is_shown_first(asking: Asking) -> None:
    head, legend, picture, chosen = drawn(asking)
    assert (picture["runs"], picture["lengths"]) == ((LAST, FIRST), (80, 60))
    assert chosen == {page.ERA: "2024C", page.RUNS: "", page.COLOUR: "worst global"}
    assert "140 LS · 14.0 pb⁻¹" in legend
    assert "dropped" not in head


@pytest.mark.parametrize(
    ("search", "colour"),
    [
        ("?column=tracker-pixel", "column tracker-pixel"),
        ("?show=golden", "golden"),
        ("?bit=bpix_ready", "bit bpix_ready"),
        ("?workspace=tracker", "worst tracker"),
    ],
)
def test_the_address_says_the_colours(asking: Asking, search: str, colour: str) -> None:
    head, _, _, chosen = drawn(asking, search)
    assert chosen[page.COLOUR] == colour
    assert "dropped" not in head


def test_why_not_golden_names_the_clause_without_its_path(asking: Asking) -> None:
    _, legend, picture, _ = drawn(asking, "?show=golden")
    assert "bpix_ready = true" in legend and "lumisection.oms" not in legend
    assert "10 LS · 1.0 pb⁻¹" in legend
    assert {"not: bpix_ready = true", "golden"} <= {said for _, said in picture["kinds"]}


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ("?stage=midnight", "“midnight” is no stage"),
        ("?era=2099Z", "“2099Z” is no era"),
        ("?runs=abc", "runs: “abc” is no range"),
        ("?runs=9-1", "runs: “9-1” is no range"),
        ("?runs=٣٨٠", "is no range"),
        ("?runs=99999999999", "is no range"),
        ("?column=tracker-nothing", "“tracker-nothing” is no column"),
        ("?bit=warp_ready", "“warp_ready” is no bit"),
        ("?show=silver", "“silver” is no show"),
        ("?column=tracker-pixel&bit=bpix_ready", "bit=bpix_ready was dropped: the map shows tracker-pixel"),
        ("?workspace=nobody", "“nobody” is no workspace"),
        ("?axis=log", "“log” is no axis"),
        ("?stage=prompt&stage=express", "“stage” was said 2 times"),
        ("?colour=red", "“colour” means nothing"),
        ("?ls=0-x", "ls: “0-x” is no range"),
        ("?selected=1-2&ls=1-2", "No run of 1-2 is on this map"),
        ("?column=<script>alert(1)</script>", "is no column"),
    ],
)
def test_what_the_address_gets_wrong_is_named_and_dropped(asking: Asking, search: str, said: str) -> None:
    head, _, picture, _ = drawn(asking, search)
    assert said in head and "dropped" in head
    assert picture["runs"] == (LAST, FIRST)


def test_a_stage_without_datasets_says_so(asking: Asking) -> None:
    head, _, picture, _ = drawn(asking, "?stage=rereco")
    assert "There are no rereco datasets that fit" in head
    assert picture["runs"] == ()


def test_before_the_first_run_there_is_no_map(asking: Asking) -> None:
    assert "No map" in drawn(asking, "?as_of=1")[0]


def test_the_past_is_drawn_as_it_was(asking: Asking, small_registry: Registry) -> None:
    past = world.now(small_registry)
    world.give(small_registry, world.TRACKER, "tracker-pixel", [(1, 60)], "BAD", run_number=FIRST)
    asked = f"?column=tracker-pixel&runs={FIRST}"
    assert "BAD" in drawn(asking, asked)[1]
    assert "BAD" not in drawn(asking, f"{asked}&as_of={past}")[1]


def test_one_run_is_a_map_too(asking: Asking) -> None:
    _, _, picture, chosen = drawn(asking, f"?runs={FIRST}")
    assert picture["runs"] == (FIRST,)
    assert chosen[page.RUNS] == str(FIRST)


def test_what_is_cut_off_the_axis_is_said_and_can_be_shown(asking: Asking, small_registry: Registry) -> None:
    for number in range(390_001, 390_101):
        world.report_run(small_registry, number, [(1, 3 if number < 390_100 else 16_766)], era="2024Z")
    head, _, picture, _ = drawn(asking, "?stage=online&era=2024Z")
    assert "1 of 100 rows go on beyond LS 3, to 16,766." in head
    assert picture["last"] == 3
    assert drawn(asking, "?stage=online&era=2024Z&axis=all")[2]["last"] == 16_766


def test_rows_without_room_are_counted_and_shown_by_a_press(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question, "MOST_ROWS", 1)
    with asking():
        head, _, picture, _ = fill_map("/map", f"?runs=1-{FIRST + 1}&column=dt-dt&selected=5&ls=1-2", None)
        (there,) = [part.href for part in parts(head) if getattr(part, "children", None) == "show them"]
        assert "1 older dataset has no room here" in words(head)
        assert picture["runs"] == (FIRST + 1,)
        assert there == f"/map?runs=1-{FIRST}&column=dt-dt"
        head, _, picture, _ = fill_map("/map", there.removeprefix("/map"), None)
    assert picture["runs"] == (FIRST,)
    assert "no room" not in words(head)


def test_every_colour_of_a_picture_is_a_token_of_both_themes(asking: Asking) -> None:
    for search in ("", "?show=golden", "?bit=bpix_ready", "?column=tracker-pixel"):
        for group in drawn(asking, search)[2]["groups"]:
            for look in theme.THEMES:
                assert {group["fill"], group["ink"], group["text"]} <= set(theme.palette(look))


def test_every_letter_reads_on_its_colour_in_both_themes(asking: Asking) -> None:
    for search in ("", "?show=golden", "?bit=bpix_ready"):
        for group in drawn(asking, search)[2]["groups"]:
            for look in theme.THEMES:
                token = theme.palette(look)
                assert theme.contrast(token[group["text"]], token[group["fill"]]) >= 4.5, (look, group)


def test_no_two_lines_of_a_legend_have_the_same_letter(asking: Asking) -> None:
    for search in ("", "?show=golden", "?bit=bpix_ready"):
        letters = [group["letter"] for group in drawn(asking, search)[2]["groups"]]
        assert len(set(letters)) == len(letters)


@pytest.mark.parametrize(
    ("control", "said", "search", "expected"),
    [
        (page.ERA, "all", "?runs=1-2&column=dt-dt&selected=1&ls=2", {"era": "all", "column": "dt-dt"}),
        (page.RUNS, " 380001 ", "?era=2024C", {"runs": "380001"}),
        (page.COLOUR, "golden", "?column=dt-dt", {"show": "golden"}),
        (page.COLOUR, "bit bpix_ready", "?show=golden&era=2024C", {"bit": "bpix_ready", "era": "2024C"}),
        (page.COLOUR, "worst tracker", "?bit=bpix_ready", {"workspace": "tracker"}),
        (page.COLOUR, "column dt-dt", "?as_of=5", {"column": "dt-dt", "as_of": "5"}),
    ],
)
def test_what_a_hand_chooses_goes_into_the_address(
    asking: Asking,
    triggered_by: Callable[..., None],
    control: str,
    said: str,
    search: str,
    expected: dict[str, str],
) -> None:
    chosen = {page.ERA: "2024C", page.RUNS: "", page.COLOUR: "worst global"}
    given = {**chosen, control: said}
    triggered_by(f"{control}.value")
    with asking():
        found = choose_map(given[page.ERA], given[page.RUNS], given[page.COLOUR], chosen, search)
    assert {name: value[0] for name, value in parse_qs(found.lstrip("?")).items()} == expected


def test_a_control_that_was_only_drawn_changes_no_address(
    asking: Asking, triggered_by: Callable[..., None]
) -> None:
    triggered_by(f"{page.ERA}.value")
    with asking():
        chosen = {page.ERA: "2024C", page.RUNS: "", page.COLOUR: "worst global"}
        assert choose_map("2024C", "", "worst global", chosen, "") is no_update
        assert choose_map("2024C", "", "worst global", None, "") is no_update


def test_what_is_picked_is_weighed(asking: Asking) -> None:
    asked = {"first_run": FIRST, "last_run": LAST, "first": 1, "last": 70}
    with asking():
        assert "13.00 pb⁻¹" in words(weigh_picked(asked, ""))
        assert "no luminosity" in words(weigh_picked({**asked, "first_run": 1, "last_run": 2}, ""))


@pytest.mark.parametrize(
    "change",
    [{"first": 0}, {"first": 9, "last": 1}, {"first_run": "1; drop"}, {"last": None}, {"last_run": 10**12}],
)
def test_a_pick_that_makes_no_sense_is_weighed_as_nothing(asking: Asking, change: dict[str, Any]) -> None:
    with asking():
        assert weigh_picked({"first_run": FIRST, "last_run": LAST, "first": 1, "last": 9, **change}, "") is None
        assert weigh_picked(None, "") is None
        assert weigh_picked(["x"], "") is None


def test_the_map_is_a_named_place_for_the_keyboard() -> None:
    place = named(page.era_map_body(), page.PLACE)
    assert place.tabIndex == 0
    assert "arrows move" in getattr(place, "aria-label")  # noqa: B009 -- the name has a hyphen
