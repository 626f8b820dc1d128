"""Where there is nothing, what comes next stands beside it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from dash import dcc

from callbacks.board_page import _NOTHING
from components import consistency_page, decide_page, empty, trends_page
from tests.callbacks.drawn import parts, words

NOW = datetime(2024, 5, 3, tzinfo=UTC)


def _leads_to(drawn: Any) -> list[str]:
    return [part.href for part in parts(drawn) if isinstance(part, dcc.Link)]


@pytest.mark.parametrize(
    ("drawn", "there"),
    [
        (_NOTHING, "/health"),
        (empty.not_found("/x"), "/"),
        (trends_page.nothing("There is no golden rule yet."), "/rules"),
        (decide_page.nothing([]), "/rights"),
        (decide_page.nothing(["tracker"]), "/certify"),
        (consistency_page.rows([], {"owner": "tracker"}, NOW), "/consistency"),
    ],
)
def test_nothing_leads_on(drawn: Any, there: str) -> None:
    assert _leads_to(drawn) == [there]
    assert words(drawn)


def test_findings_that_nobody_narrowed_down_lead_nowhere_else() -> None:
    assert _leads_to(consistency_page.rows([], {}, NOW)) == []
