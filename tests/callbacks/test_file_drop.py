"""Whatever takes a file takes so much of it and no more, and says so."""

import base64
import re
from pathlib import Path

import pytest

from api.contract.readable import PAGE_BYTES
from callbacks.bulk_page import read_file
from callbacks.file_drop import dropped
from components import file_drop as room
from components.file_drop import file_drop
from model.bulk.rows import MOST_BYTES
from model.errors import Invalid
from tests.callbacks.drawn import words


def _sent(data: bytes) -> str:
    return f"data:;base64,{base64.b64encode(data).decode()}"


def test_every_place_of_a_file_is_this_one() -> None:
    rooms = [*Path("components").rglob("*.py"), *Path("pages").rglob("*.py")]
    with_upload = {each for each in rooms if re.search(r"dcc\.Upload\(", each.read_text(encoding="utf-8"))}
    assert {each.resolve() for each in with_upload} == {Path(str(room.__file__)).resolve()}
    place, _ = file_drop("x", "Choose").children
    assert place.max_size == MOST_BYTES


def test_the_longest_file_is_within_what_a_page_may_send() -> None:
    assert (MOST_BYTES + 2) // 3 * 4 < PAGE_BYTES


def test_a_longer_file_is_refused_by_a_sentence() -> None:
    assert dropped(_sent(b"1,2")) == b"1,2"
    long = _sent(b"0" * (MOST_BYTES + 1))
    with pytest.raises(Invalid, match=r"has 16,000,001 bytes, at most 16,000,000 are read"):
        dropped(long)
    assert "16,000,001 bytes" in words(read_file(long)[1])
