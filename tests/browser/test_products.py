"""A golden list becomes a product on the screen: proposed, approved by another hand, recognised, compared."""

from pathlib import Path

from model.products.products import body_of, product_of
from model.registry import Registry
from tests.browser import small
from tests.browser.hand import Hand

ASKED = f"runs={small.FIRST}-{small.FIRST + 1}"


def test_a_list_is_proposed_on_the_golden_page_and_approved_by_a_second_hand_at_the_keyboard(
    hand: Hand, kept: Registry, tmp_path: Path
) -> None:
    page = hand.page
    hand.comes_as("d.coordinator")
    hand.go(f"/golden?{ASKED}")
    page.fill("#products-propose-series", "screen-2024")
    page.fill("#products-propose-name", "Screen_1")
    page.focus("#products-propose")
    hand.press("Enter")
    hand.reads("#products-proposed", "Screen_1 is proposed")
    page.click("#products-proposed a")
    hand.reads("#products-body", "screen-2024")
    approve = 'button[aria-label="Approve Screen_1"]'
    page.focus(approve)
    hand.press("Enter")
    hand.reads("#products-refusal", "by a second person, not by d.coordinator")
    hand.becomes("b.expert")
    page.focus(approve)
    hand.press("Space")
    hand.reads(".shell-toasts", "Screen_1 is official")
    hand.reads("#products-one", "approver")
    with kept.reading() as connection:
        found, body = product_of(connection, "Screen_1"), body_of(connection, "Screen_1")
    assert (found.state, found.manifest["within"]) == (
        "official",
        {"runs": [[small.FIRST, small.FIRST + 1]]},
    )
    with page.expect_download() as got:
        page.click("#products-one a[download]")
    assert got.value.path().read_bytes() == body
    file = tmp_path / "list.json"
    file.write_bytes(body.replace(b", ", b",\n"))
    page.set_input_files("#products-file input", file)
    hand.reads("#products-verified", "Screen_1: official, in another layout")


def test_dropped_lists_stay_while_what_is_asked_of_them_changes(hand: Hand, tmp_path: Path) -> None:
    page = hand.page
    for side, text in (("a", '{"380001": [[1, 40]]}'), ("b", '{"380001": [[21, 60]]}')):
        (tmp_path / f"{side}.json").write_text(text)
    hand.go("/lists")
    for side in "ab":
        page.set_input_files(f"#lists-{side}-file input", tmp_path / f"{side}.json")
    hand.reads("#lists-body", "+20")
    page.select_option("#lists-operation", "minus")
    hand.reads("#lists-body", "1 run · 20 LS")
    assert page.url.endswith("?op=minus")
    with page.expect_download() as got:
        page.click("#lists-save")
    saved = got.value.path().read_bytes()
    assert saved == b'{"380001": [[1, 20]]}\n'
    (tmp_path / "c.json").write_text("no list")
    page.set_input_files("#lists-b-file input", tmp_path / "c.json")
    hand.reads("#lists-b-said", "This is no JSON")
