"""The era map in a browser: it is painted, told, picked by drag and by keys, and opened."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from model.authors import IMPORTER
from model.commands.upstream import LONGEST_RUN, report_lumisections, report_run
from model.era_map.question import MOST_LUMISECTIONS
from model.ranges import LumisectionRange
from model.registry import Registry
from model.vocabulary import OFFLINE_COLUMNS
from tests.browser import small
from tests.browser.hand import Hand
from tests.model import world
from tests.model.world import PROMPT

FIRST, ERA = small.first_of(__name__), "2019M"
_SPOT = """([row, ls]) => {
    const box = document.getElementById('era-map-place').getBoundingClientRect(), v = rrEraMap.view;
    const [wide, high] = [v.css.width / v.columns, v.css.row];
    return [box.left + rrEraMap.x(ls) + wide / 2, box.top + rrEraMap.y(row) + high / 2]; }"""
#: reading from a copy: the browser complains where a canvas on the screen is read twice
_READ = """(x, y, width) => { const copy = new OffscreenCanvas(width, 1);
    const pen = copy.getContext('2d', { willReadFrequently: true });
    pen.drawImage(document.getElementById('era-map-image'), -x, -y);
    return [...pen.getImageData(0, 0, width, 1).data]; }"""
_PIXEL = f"""([row, ls]) => {{ const v = rrEraMap.view, read = {_READ};
    return read(Math.round((rrEraMap.x(ls) + 2) * v.ratio), Math.round((rrEraMap.y(row) + 2) * v.ratio), 1)
        .slice(0, 3); }}"""
#: the place beside a row where it is marked as longer than the axis
_BEYOND = f"""(row) => {{ const v = rrEraMap.view, read = {_READ};
    const [x, y] = [rrEraMap.box().right + 5, rrEraMap.y(row) + 1].map((n) => Math.round(n * v.ratio));
    return read(x, y, 1).slice(0, 3); }}"""
_ROW = f"""() => {{ const v = rrEraMap.view, read = {_READ};
    return read(Math.round(rrEraMap.left * v.ratio), 8, v.width); }}"""
_TOKEN = """(name) => { const hex = rrEraMap.colour(name);
    return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)); }"""
_SHOWS = f"""([theme, place, name]) => document.documentElement.dataset.bsTheme === theme
    && String(({_PIXEL})(place)) === String(({_TOKEN})(name))"""
_PAINTED = "() => window.rrEraMap && rrEraMap.painted && rrEraMap.data && rrEraMap.data.runs.length"
_DRAWN = """() => { const canvas = document.getElementById('era-map-image'), v = rrEraMap.view;
    return !!canvas && canvas.height === Math.round((v.css.height + 38) * v.ratio); }"""
_SMALL = """() => [...document.querySelectorAll('.era-map a, .era-map button, .era-map select, .era-map input')]
    .filter((e) => e.offsetParent && e.getBoundingClientRect().height < 24)
    .map((e) => e.outerHTML.slice(0, 80))"""
_OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def era(kept: Registry) -> str:
    """Give an era of three runs; the newest one has a hole, the oldest one ten bad lumisections."""
    for number, spans in ((FIRST, [(1, 40)]), (FIRST + 1, [(1, 30)]), (FIRST + 2, [(1, 10), (21, 40)])):
        world.report_run(kept, number, spans, era=ERA)
        world.create_dataset(kept, PROMPT, number)
        world.rule_says(kept, OFFLINE_COLUMNS, spans, "GOOD", run_number=number)
    world.give(kept, world.TRACKER, "tracker-pixel", [(11, 20)], "BAD", run_number=FIRST)
    return ERA


def open_map(hand: Hand, search: str = "") -> None:
    hand.go(f"/map?era={ERA}&column=tracker-pixel{search}")
    hand.page.wait_for_function(_PAINTED)


def spot(hand: Hand, row: int, ls: int) -> list[float]:
    return list(hand.page.evaluate(_SPOT, [row, ls]))


def drag(hand: Hand, start: tuple[int, int], end: tuple[int, int]) -> None:
    hand.page.mouse.move(*spot(hand, *start))
    hand.page.mouse.down()
    hand.page.mouse.move(*spot(hand, *end), steps=4)
    hand.page.mouse.up()


def asked(hand: Hand) -> dict[str, str]:
    return {name: value[0] for name, value in parse_qs(urlsplit(hand.page.url).query).items()}


def test_the_picture_is_painted_in_the_colours_of_the_theme_and_of_the_other_one(hand: Hand, era: str) -> None:
    open_map(hand)
    for theme in ("dark", "light"):
        hand.page.wait_for_function(_SHOWS, arg=[theme, [1, 35], "card"])
        assert hand.page.evaluate(_PIXEL, [2, 15]) == hand.page.evaluate(_TOKEN, "bad")
        assert hand.page.evaluate(_PIXEL, [1, 15]) == hand.page.evaluate(_TOKEN, "good")
        empty = [hand.page.evaluate(_TOKEN, name) for name in ("empty", "hatch")]
        assert hand.page.evaluate(_PIXEL, [0, 15]) in empty
        hand.page.click(".shell-theme")


def test_hovering_tells_run_lumisection_and_status_without_a_request(hand: Hand, era: str) -> None:
    open_map(hand)
    hand.rests()
    before = len(hand.requests)
    for place, said in (
        ((2, 15), f"{FIRST} · LS 15 · BAD"),
        ((1, 3), f"{FIRST + 1} · LS 3 · GOOD"),
        ((0, 15), f"{FIRST + 2} · LS 15 · no such lumisection"),
        ((1, 35), f"{FIRST + 1} · LS 35 · the run ended at LS 30"),
    ):
        hand.page.mouse.move(*spot(hand, *place))
        hand.reads("#era-map-tip", said)
    assert hand.requests[before:] == []


def test_a_drag_picks_says_what_it_is_worth_and_opens_the_grid(hand: Hand, era: str) -> None:
    open_map(hand)
    drag(hand, (1, 11), (2, 35))
    hand.reads("#era-map-words", "45 LS of 2 runs")
    hand.reads("#era-map-counts", "BAD: 10 LS")
    hand.reads("#era-map-worth", "4.50 pb⁻¹")
    assert (asked(hand)["selected"], asked(hand)["ls"]) == (f"{FIRST}-{FIRST + 1}", "11-35")
    assert not hand.page.is_visible("#era-map-run")
    hand.page.click("#era-map-certify")
    hand.page.wait_for_selector(".ag-cell.certify-cell")
    assert urlsplit(hand.page.url).path == "/certify/tracker"
    expected = {"runs": f"{FIRST}-{FIRST + 1}", "ls": "11-35", "stage": "prompt", "column": "tracker-pixel"}
    assert asked(hand) == expected


def test_the_keyboard_alone_picks_and_opens(hand: Hand, era: str) -> None:
    open_map(hand)
    hand.page.focus("#era-map-place")
    hand.press("ArrowDown", "ArrowDown", "ArrowDown", "Alt+ArrowRight")
    hand.reads("#era-map-says", f"{FIRST} · LS 11 · BAD")
    hand.press("Shift+Alt+ArrowRight", "Shift+ArrowLeft")
    hand.reads("#era-map-words", "10 LS of 1 run ")
    assert hand.page.is_visible("#era-map-run")
    hand.press("Escape")
    hand.reads("#era-map-words", "Nothing yet")
    assert "ls" not in asked(hand)
    hand.press("Home", "End", "PageUp", "ArrowLeft", "Enter")
    hand.page.wait_for_selector(".ag-cell.certify-cell")
    assert (asked(hand)["runs"], asked(hand)["ls"]) == (f"{FIRST + 2}-{FIRST + 2}", "39-39")


def test_one_run_opens_on_its_own_page(hand: Hand, era: str) -> None:
    open_map(hand)
    drag(hand, (2, 11), (2, 20))
    hand.page.click("#era-map-run")
    hand.sees_strip(FIRST)
    assert urlsplit(hand.page.url).path == f"/runs/{FIRST}"


def test_the_address_reproduces_what_was_picked_for_somebody_else(
    open_hand: Callable[..., Hand], era: str
) -> None:
    mine = open_hand()
    open_map(mine)
    drag(mine, (0, 5), (1, 25))
    mine.reads("#era-map-worth", "pb⁻¹")
    theirs = open_hand()
    theirs.go(mine.page.url.removeprefix(mine.origin))
    theirs.reads("#era-map-worth", "pb⁻¹")
    for part in ("#era-map-words", "#era-map-worth", "#era-map-counts"):
        assert theirs.page.inner_text(part) == mine.page.inner_text(part)


def test_choosing_a_colour_changes_the_address_and_the_picture(hand: Hand, era: str) -> None:
    open_map(hand)
    hand.page.select_option("#era-map-colour", "golden")
    hand.is_at(f"/map?era={era}&show=golden")
    hand.reads("#era-map-legend", "First clause not passed")
    hand.page.select_option("#era-map-colour", "bit bpix_ready")
    hand.is_at(f"/map?era={era}&bit=bpix_ready")
    hand.reads("#era-map-legend", "unknown")
    hand.page.go_back()
    hand.reads("#era-map-legend", "First clause not passed")


def test_a_line_of_the_legend_is_seen_alone(hand: Hand, era: str) -> None:
    open_map(hand)
    line = hand.page.locator("#era-map-legend button", has_text="BAD")
    line.click()
    assert line.get_attribute("aria-pressed") == "true"
    assert hand.page.evaluate(_PIXEL, [1, 15]) == hand.page.evaluate(_TOKEN, "card")
    assert hand.page.evaluate(_PIXEL, [2, 15]) == hand.page.evaluate(_TOKEN, "bad")
    line.click()
    assert hand.page.evaluate(_PIXEL, [1, 15]) == hand.page.evaluate(_TOKEN, "good")


def test_one_bad_lumisection_is_seen_however_many_share_its_pixel(hand: Hand, kept: Registry) -> None:
    number = FIRST + 100
    world.report_run(kept, number, [(1, 9_000)], era="2019N")
    world.create_dataset(kept, PROMPT, number)
    world.rule_says(kept, OFFLINE_COLUMNS, [(1, 9_000)], "GOOD", run_number=number)
    world.give(kept, world.TRACKER, "tracker-pixel", [(4_444, 4_444)], "BAD", run_number=number)
    hand.go("/map?era=2019N&column=tracker-pixel")
    hand.page.wait_for_function(_PAINTED)
    seen: list[Any] = hand.page.evaluate(_ROW)
    pixels = [seen[at : at + 3] for at in range(0, len(seen), 4)]
    assert pixels.count(hand.page.evaluate(_TOKEN, "bad")) == 1
    hand.page.mouse.move(*spot(hand, 0, 4_444))
    hand.reads("#era-map-tip", "LS 4,444 · BAD")


def add_runs(registry: Registry, era: str, lengths: Sequence[int]) -> list[int]:
    """Let OMS report runs of an era at once; return their numbers, the oldest one first."""
    first = FIRST + {"2019P": 200, "2019Q": 600}[era]
    with registry.writing() as tx:
        for number, length in enumerate(lengths, first):
            report_run(tx, number, {"era": era}, IMPORTER)
            report_lumisections(tx, number, (LumisectionRange(1, length),), {}, IMPORTER)
    return list(range(first, first + len(lengths)))


def shown_runs(hand: Hand) -> list[int]:
    return list(hand.page.evaluate("() => rrEraMap.data.runs"))


def test_rows_that_have_no_room_are_counted_and_one_key_away(hand: Hand, kept: Registry) -> None:
    fitting = MOST_LUMISECTIONS // LONGEST_RUN
    runs = add_runs(kept, "2019P", [5, 5, LONGEST_RUN, *[LONGEST_RUN] * fitting])
    hand.go("/map?era=2019P&stage=online&column=dt-dt")
    hand.page.wait_for_function(_PAINTED)
    assert shown_runs(hand) == runs[:2:-1]
    hand.reads("#era-map-head", "3 older datasets have no room here: choose an era or a range of runs.")
    hand.page.focus(".era-map-head .notice a")
    hand.press("Enter")
    hand.page.wait_for_function("() => rrEraMap.data.runs.length === 3")
    assert shown_runs(hand) == runs[2::-1]
    assert asked(hand) == {"era": "2019P", "stage": "online", "column": "dt-dt", "runs": f"1-{runs[2]}"}
    assert "no room" not in hand.page.inner_text("#era-map-head")
    # a range of runs leads there too
    hand.page.fill("#era-map-runs", f"{runs[0]}-{runs[1]}")
    hand.press("Enter")
    hand.page.wait_for_function("() => rrEraMap.data.runs.length === 2")
    assert shown_runs(hand) == runs[1::-1]


def test_a_row_that_goes_on_beyond_the_axis_says_so_and_is_shown_whole(hand: Hand, kept: Registry) -> None:
    runs = add_runs(kept, "2019Q", [3] * 50 + [500] + [3] * 49)
    row = len(runs) - 1 - 50
    hand.go("/map?era=2019Q&stage=online&column=dt-dt")
    hand.page.wait_for_function(_PAINTED)
    hand.reads("#era-map-head", "1 of 100 rows go on beyond LS 3, to 500.")
    marked = [
        n for n in range(len(runs)) if hand.page.evaluate(_BEYOND, n) == hand.page.evaluate(_TOKEN, "needs")
    ]
    assert marked == [row]
    hand.page.click("text=show all")
    hand.page.wait_for_function("() => rrEraMap.data.last === 500")
    assert asked(hand)["axis"] == "all"
    hand.page.mouse.move(*spot(hand, row, 400))
    hand.reads("#era-map-tip", f"{runs[50]} · LS 400 · EMPTY")
    hand.page.mouse.move(*spot(hand, row - 1, 400))
    hand.reads("#era-map-tip", f"{runs[51]} · LS 400 · the run ended at LS 3")
    hand.page.click("text=axis to LS 3")
    hand.page.wait_for_function("() => rrEraMap.data.last === 3")
    assert "axis" not in asked(hand)


def test_runs_without_datasets_say_so(hand: Hand) -> None:
    hand.go("/map?runs=1-2&stage=rereco")
    hand.reads("#era-map-head", "There are no rereco datasets that fit")
    assert not hand.page.is_visible("#era-map-body")


def test_somebody_who_comes_back_finds_the_map_again(hand: Hand, era: str) -> None:
    open_map(hand)
    hand.page.click(".shell-nav a[href='/runs']")
    hand.page.wait_for_selector(".runs-grid .runs-run")
    hand.page.click(".shell-nav a[href='/map']")
    hand.page.wait_for_function(_DRAWN)
    hand.reads("#era-map-words", "Nothing yet")


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 800), (3840, 2160)])
def test_the_map_fits_its_screen(open_hand: Callable[..., Hand], era: str, width: int, height: int) -> None:
    hand = open_hand(width, height)
    open_map(hand)
    drag(hand, (0, 2), (1, 9))
    hand.reads("#era-map-worth", "pb⁻¹")
    assert hand.page.evaluate(_OVERFLOW) <= 0
    assert hand.page.evaluate(_SMALL) == []
