"""The palette: one set of numbers for CSS and Plotly, readable in both themes."""

import re
from pathlib import Path

import pytest

from components import theme
from model.vocabulary import Status

TOKENS = Path(__file__).parents[2] / "assets" / "tokens.css"
#: text tokens, each on the grounds it may stand on
TEXT = ("ink", "dim", "accent", "loss", "needs", "good-text", "bad-text", "standby-text", "excluded-text")


def css_tokens(name: theme.Theme) -> dict[str, str]:
    block = re.search(rf':root\[data-bs-theme="{name}"\] \{{(.*?)\}}', TOKENS.read_text(), re.S)
    assert block
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block[1]))


@pytest.mark.parametrize("name", theme.THEMES)
def test_css_and_python_say_the_same_colours(name: theme.Theme) -> None:
    assert css_tokens(name) == dict(theme.palette(name))


@pytest.mark.parametrize("name", theme.THEMES)
@pytest.mark.parametrize("ground", ["bg", "card", "raised"])
def test_text_reads_on_every_ground(name: theme.Theme, ground: str) -> None:
    token = theme.palette(name)
    for text in TEXT:
        assert theme.contrast(token[text], token[ground]) >= 4.5, (text, ground)


@pytest.mark.parametrize("name", theme.THEMES)
def test_letters_read_on_every_status_fill(name: theme.Theme) -> None:
    token = theme.palette(name)
    for fill in [key.removesuffix("-ink") for key in token if key.endswith("-ink")]:
        assert theme.contrast(token[fill], token[f"{fill}-ink"]) >= 4.5, fill
    assert theme.contrast(token["loss"], token["card"]) >= 4.5
    assert theme.contrast(token["needs"], token["needs-fill"]) >= 4.5
    assert theme.contrast(token["edge"], token["card"]) >= 3


def test_statuses_have_the_colours_of_the_design() -> None:
    assert [theme.STATUS_COLOUR[s] for s in (Status.GOOD, Status.BAD, Status.STANDBY, Status.EXCLUDED)] == [
        "#2e9e6b",
        "#a50026",
        "#ffd23f",
        "#8a929e",
    ]
    assert theme.palette("dark")["empty"] == "#0b1220"


def test_good_is_quieter_than_anything_else() -> None:
    for name in theme.THEMES:
        token = theme.palette(name)
        quiet = theme.contrast(token["good-cell"], token["card"])
        assert quiet < 3
        # BAD stands out by its edge, whatever the eye makes of red and green
        for loud in ("bad-text", "loss"):
            assert theme.contrast(token[loud], token["good-cell"]) > 2.4
            assert theme.contrast(token[loud], token["card"]) > quiet


def test_the_browser_can_exchange_a_figure_between_themes() -> None:
    """assets/theme.js swaps by value, so one value in one theme must mean one value in the other."""
    for a, b in (theme.THEMES, theme.THEMES[::-1]):
        seen: dict[str, str] = {}
        for key, colour in theme.palette(a).items():
            if not re.search(r"[a-z]-(ink|text)$", key):
                assert seen.setdefault(colour, theme.palette(b)[key]) == theme.palette(b)[key], key


def test_a_graph_sends_nothing_anywhere() -> None:
    graph = theme.graph({}, "some-graph").to_plotly_json()["props"]
    assert graph["config"]["showSendToCloud"] is False
    assert graph["config"]["plotlyServerURL"] == graph["config"]["topojsonURL"] == ""


def test_assets_ask_nobody_outside() -> None:
    for path in TOKENS.parent.rglob("*.css"):
        assert not re.search(r"@import|url\(['\"]?(https?:)?//", path.read_text()), path
    total = sum(path.stat().st_size for path in TOKENS.parent.rglob("*") if path.is_file())
    assert total < 2_500_000
