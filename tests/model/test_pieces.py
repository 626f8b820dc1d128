"""A long list in pieces is the list."""

from hypothesis import given
from hypothesis import strategies as st

from model.pieces import pieces


@given(st.lists(st.integers(), max_size=40), st.integers(1, 12))
def test_pieces_in_a_row_are_the_whole_and_all_but_the_last_are_full(items: list[int], size: int) -> None:
    found = list(pieces(iter(items), size))
    assert [each for piece in found for each in piece] == items
    assert all(len(piece) == size for piece in found[:-1])
    assert all(0 < len(piece) <= size for piece in found)
