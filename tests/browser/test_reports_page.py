"""A report is made while one is on another page, read in four forms, and its address opens it again."""

from collections.abc import Callable

from model.registry import Registry
from tests.browser.hand import Hand


def _made(hand: Hand, kind: str, scope: str) -> None:
    hand.page.select_option("#reports-kind", kind)
    hand.page.fill("#reports-scope", scope)
    hand.page.click("#reports-make")


def test_a_report_is_made_by_hand_and_its_address_opens_it(
    hand: Hand, open_hand: Callable[..., Hand], kept: Registry
) -> None:
    hand.comes_as("d.coordinator")
    hand.go("/reports")
    hand.reads("#reports-list", "Reports")
    _made(hand, "era", "2024C")
    hand.reads("#reports-view", "Certification report · Era 2024C")
    hand.reads("#reports-list", "d.coordinator")
    address = hand.page.evaluate("() => location.pathname + location.search")
    name = address.split("report=")[1]
    for form in ("html", "pdf", "csv", "json"):
        link = hand.page.get_attribute(f"#reports-view a[href$='.{form}']", "href")
        answer = hand.context.request.get(f"{hand.origin}{link}")
        assert answer.ok and name in str(link)
    other = open_hand(390, 844)
    other.go(address)
    other.reads("#reports-view", "Certification report · Era 2024C")
    assert other.page.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_whoever_is_elsewhere_is_told_that_it_is_frozen_and_stays_there(hand: Hand, kept: Registry) -> None:
    hand.comes_as("d.coordinator")
    hand.go("/reports")
    hand.reads("#reports-list", "Reports")
    # the report can be frozen only when this writer is done
    with kept.writing():
        _made(hand, "week", "2024-W21")
        hand.reads("#work", "gathering 5 of 5 parts")
        hand.page.click(".shell-nav a[href='/golden']")
        hand.is_at("/golden")
    hand.reads(".shell-toasts", "Frozen: Week 2024-W21")
    hand.is_at("/golden")
    hand.page.click(".shell-toasts a")
    hand.reads("#reports-view", "Certification report · Week 2024-W21")


def test_a_form_is_filled_and_sent_by_keys_alone(hand: Hand, kept: Registry) -> None:
    hand.comes_as("a.shifter")
    hand.go("/reports")
    hand.reads("#reports-list", "Reports")
    hand.page.focus("#reports-kind")
    hand.page.select_option("#reports-kind", "era")
    hand.press("Tab")
    assert hand.focus() == "reports-scope"
    hand.page.keyboard.type("2024C")
    # the label of the rule tells its word on focus
    hand.press("Tab", "Tab", "Tab")
    assert hand.focus() == "reports-make"
    hand.press("Enter")
    hand.reads("#reports-refusal", "may not make a certification report")
