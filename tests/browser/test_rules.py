"""Rules on their page: rows and JSON mirror each other, findings come as one types, two people activate."""

from model.queries import rules as rule_queries
from model.registry import Registry
from tests.browser.hand import Hand
from tests.model.world import sequence_of

TEXT, FINDINGS, REFUSAL = "textarea.rule-json", "#rule-findings", "#rule-refusal"

_CHOSEN = """() => {
    const area = document.querySelector("textarea.rule-json");
    return area.value.slice(area.selectionStart, area.selectionEnd);
}"""


def versions(kept: Registry, name: str) -> list[tuple[int, str, str]]:
    with kept.reading() as connection:
        found = rule_queries.history(connection, name, sequence_of(connection))
    return [(each.version, each.by, each.drafted_by) for each in found]


def open_rule(hand: Hand, name: str) -> None:
    hand.go(f"/rules?name={name}")
    hand.page.wait_for_selector(TEXT, state="attached")
    hand.settles()


def test_a_row_writes_json_and_json_draws_rows(hand: Hand) -> None:
    open_rule(hand, "golden-2024")
    rows = hand.page.locator(".rule-row")
    before = rows.count()
    hand.answer_to(lambda: rows.nth(0).locator("button").click())
    assert '"run.rr.class"' not in hand.page.input_value(TEXT)
    assert rows.count() == before - 1
    hand.answer_to(lambda: hand.page.fill(TEXT, '{"and": [{">": [{"var": "run.oms.energy"}, 5]}]}'))
    assert rows.count() == 1
    assert rows.nth(0).locator(".rule-variable input").input_value() == "run.oms.energy"
    assert rows.nth(0).locator("select").input_value() == ">"


def test_a_misspelt_variable_is_found_as_it_is_typed_and_completed_by_keyboard(hand: Hand) -> None:
    open_rule(hand, "golden-2024")
    hand.page.fill(TEXT, '{"==": [{"var": "run.oms.enrgy"}, 6800]}')
    hand.reads(FINDINGS, "Did you mean run.oms.energy")
    hand.page.click(".rule-place")
    assert hand.page.evaluate(_CHOSEN) == '{"var": "run.oms.enrgy"}'
    hand.page.keyboard.type('{"var": "energ')
    hand.page.wait_for_selector(".shell-complete")
    hand.page.keyboard.press("Enter")
    hand.page.keyboard.type("}")
    assert hand.page.input_value(TEXT) == '{"==": [{"var": "run.oms.energy"}, 6800]}'
    hand.reads(FINDINGS, "nothing wrong")


def test_text_that_is_no_json_says_where_and_keeps_what_was_typed(hand: Hand) -> None:
    open_rule(hand, "golden-2024")
    hand.page.fill(TEXT, '{"and": [')
    hand.reads(FINDINGS, "line 1")
    assert hand.page.input_value(TEXT) == '{"and": ['


def test_the_tree_shows_what_decides_on_a_lumisection(hand: Hand, a_run: int) -> None:
    open_rule(hand, "golden-2024")
    hand.page.fill("#rule-tree-run", str(a_run))
    hand.page.fill("#rule-tree-lumisection", "3")
    hand.answer_to(lambda: hand.page.keyboard.press("Tab"))
    hand.reads("#rule-tree", "bpix_ready is false")
    assert hand.page.locator(".rule-leaf .chip").count() == 1


def test_a_second_person_makes_an_official_draft_active(hand: Hand, kept: Registry) -> None:
    open_rule(hand, "golden-2024")
    before = len(versions(kept, "golden-2024"))
    hand.becomes("d.coordinator")
    hand.page.wait_for_selector(TEXT)
    hand.answer_to(lambda: hand.page.locator(".rule-row").nth(5).locator("button").click())
    hand.answer_to(lambda: hand.page.click("#rule-save"))
    hand.reads(".rules-main", "not back-tested yet")
    hand.answer_to(lambda: hand.page.click("#rule-test"))
    hand.reads("#rule-tested", "Tested by d.coordinator")
    hand.page.wait_for_selector("#rule-activate:not([disabled])")
    hand.page.click("#rule-activate")
    hand.reads(REFUSAL, "a second person makes it active")
    hand.becomes("b.expert")
    hand.page.wait_for_selector("#rule-activate:not([disabled])")
    hand.page.click("#rule-activate")
    hand.reads(".rule-history", f"v{before + 1}")
    assert versions(kept, "golden-2024")[0] == (before + 1, "b.expert", "d.coordinator")


def test_a_new_rule_is_made_of_rows_alone(hand: Hand) -> None:
    hand.comes_as("d.coordinator")
    open_rule(hand, "")
    hand.page.wait_for_selector("#rule-name:not([disabled])")
    hand.page.fill("#rule-name", "dt-good")
    hand.answer_to(lambda: hand.page.click("#rule-add"))
    row = hand.page.locator(".rule-row").nth(0)
    row.locator(".rule-variable input").fill("lumisection.rr.dt-dt")
    hand.answer_to(lambda: hand.page.keyboard.press("Tab"))
    hand.page.locator(".rule-row").nth(0).locator(".rule-value input").fill("GOOD")
    hand.answer_to(lambda: hand.page.keyboard.press("Tab"))
    hand.reads(FINDINGS, "nothing wrong")
    hand.page.click("#rule-save")
    hand.is_at("/rules?name=dt-good")
    hand.reads(".rules-side", "dt-good")
