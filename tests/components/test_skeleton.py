"""What stands where a page is being read."""

from components import skeleton


def test_blank_cards_are_as_tall_as_what_comes_and_share_the_row() -> None:
    drawn = skeleton.cards((74, (1,)), (620, (3, 1)))
    assert [row.style["height"] for row in drawn.children] == ["74px", "620px"]
    assert [card.style["flex"] for card in drawn.children[1].children] == ["3 1 0", "1 1 0"]


def test_a_screen_reader_hears_that_a_page_is_being_read() -> None:
    assert skeleton.cards((74, (1,))).to_plotly_json()["props"]["aria-label"] == "is being read"
