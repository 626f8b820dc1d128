"""One palette for Plotly and CSS: `assets/tokens.css` says the same numbers, and a test compares them."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

import plotly.graph_objects as go
from dash import dcc

from model.vocabulary import Status

Theme = Literal["dark", "light"]
THEMES: tuple[Theme, ...] = ("dark", "light")

#: the same in both themes (screens.md)
STATUS_COLOUR: Mapping[Status, str] = MappingProxyType(
    {
        Status.GOOD: "#2e9e6b",
        Status.BAD: "#a50026",
        Status.STANDBY: "#ffd23f",
        Status.EXCLUDED: "#8a929e",
        Status.NOTSET: "#ffffff",
    }
)
DARK_TEXT, LIGHT_TEXT = "#0b1220", "#ffffff"

_SURFACES: Mapping[Theme, Mapping[str, str]] = MappingProxyType(
    {
        "dark": {
            "bg": "#0e1318",
            "card": "#151c23",
            "raised": "#1d2730",
            "line": "#2b3742",
            "edge": "#5f7282",
            "ink": "#e8eef3",
            "dim": "#9cadba",
            "accent": "#56b4e9",
            "accent-ink": "#06131c",
            "series-fill": "#1d3647",
            "loss": "#e8883a",
            "needs": "#c49bff",
            "needs-fill": "#2b2140",
            "empty": "#0b1220",
            "hatch": "#4a5a68",
            "bit-on": "#30536a",
            "map-violet": "#8c4fe0",
            "map-grey": "#e6ecf2",
            "good-text": "#4cc38f",
            "bad-text": "#ff8095",
            "standby-text": "#ffd23f",
            "excluded-text": "#a9b2bd",
        },
        "light": {
            "bg": "#f3f5f7",
            "card": "#fefefe",
            "raised": "#e9eef2",
            "line": "#d3dbe2",
            "edge": "#75848f",
            "ink": "#16202a",
            "dim": "#556472",
            "accent": "#0067a3",
            "accent-ink": "#fdfdfd",
            "series-fill": "#cfe3f1",
            "loss": "#a85200",
            "needs": "#6a2bb8",
            "needs-fill": "#efe6fb",
            "empty": "#243048",
            "hatch": "#6f7d8a",
            "bit-on": "#bed3e2",
            "map-violet": "#d07cf4",
            "map-grey": "#8c8c92",
            "good-text": "#17704a",
            "bad-text": "#a50026",
            "standby-text": "#7a5a00",
            "excluded-text": "#5a636f",
        },
    }
)
#: share of its colour that a rule's verdict keeps; the rest is the card it lies on
RULE_SHARE = 0.68
#: where a tint as pale would meet that of another status for some eyes (tests/components/vision.py)
_RULE_SHARE_OF: Mapping[tuple[Theme, Status], float] = MappingProxyType(
    {
        ("dark", Status.BAD): 0.76,
        ("dark", Status.EXCLUDED): 0.72,
        ("light", Status.STANDBY): 0.78,
        ("light", Status.EXCLUDED): 0.92,
    }
)
#: on a dark card a tint of BAD would meet quiet GOOD for red-green blind eyes, so it goes towards the text
_RULE_GROUND: Mapping[tuple[Theme, Status], str] = MappingProxyType({("dark", Status.BAD): "ink"})
#: GOOD is quiet, so that what is not stands out across the room
GOOD_SHARE: Mapping[Theme, float] = MappingProxyType({"dark": 0.5, "light": 0.46})
GOOD_RULE_SHARE: Mapping[Theme, float] = MappingProxyType({"dark": 0.36, "light": 0.28})


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(colour: str, ground: str, share: float) -> str:
    """Return `share` of a colour laid on a ground, as `#rrggbb`."""
    pairs = zip(_channels(colour), _channels(ground), strict=True)
    return "#" + "".join(f"{round(c * share + g * (1 - share)):02x}" for c, g in pairs)


def contrast(a: str, b: str) -> float:
    """Return the WCAG contrast ratio of two colours, 1 to 21."""

    def luminance(colour: str) -> float:
        linear = [
            v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
            for v in (channel / 255 for channel in _channels(colour))
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def text_on(colour: str) -> str:
    """Return the text colour, dark or white, that reads better on a fill."""
    return max((DARK_TEXT, LIGHT_TEXT), key=lambda text: contrast(text, colour))


@cache
def palette(theme: Theme) -> Mapping[str, str]:
    """Return every colour token of a theme by its CSS name without the dashes."""
    tokens = dict(_SURFACES[theme])
    card = tokens["card"]
    for status, colour in STATUS_COLOUR.items():
        name = status.name.lower()
        tokens[name] = colour
        share = GOOD_SHARE[theme] if status is Status.GOOD else 1.0
        tokens[f"{name}-cell"] = mix(colour, card, share)
        paler = _RULE_SHARE_OF.get((theme, status), RULE_SHARE)
        share = GOOD_RULE_SHARE[theme] if status is Status.GOOD else paler
        ground = tokens[_RULE_GROUND.get((theme, status), "card")]
        # nobody's NOTSET is still NOTSET: there is no proposal to look at
        tokens[f"{name}-rule"] = colour if status is Status.NOTSET else mix(colour, ground, share)
        for fill in (name, f"{name}-cell", f"{name}-rule"):
            tokens[f"{fill}-ink"] = text_on(tokens[fill])
    for fill in ("empty", "map-violet", "map-grey"):
        tokens[f"{fill}-ink"] = text_on(tokens[fill])
    return MappingProxyType(tokens)


def cell_token(status: int, *, is_person: bool) -> str:
    """Return the token that fills a lumisection cell of this status."""
    if status == Status.EMPTY:
        return "empty"
    return f"{Status(status).name.lower()}-{'cell' if is_person else 'rule'}"


@cache
def template(theme: Theme) -> Any:
    """Return the Plotly template of a theme."""
    token = palette(theme)
    axis = {
        "gridcolor": token["line"],
        "linecolor": token["line"],
        "zerolinecolor": token["line"],
        "tickcolor": token["line"],
        "tickfont": {"color": token["dim"], "size": 11},
        "title": {"font": {"color": token["dim"], "size": 11}},
    }
    return go.layout.Template(
        layout={
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"color": token["ink"], "family": '"DejaVu Sans", Verdana, sans-serif', "size": 12},
            "colorway": [token["accent"], token["loss"], token["needs"], token["dim"]],
            "xaxis": axis,
            "yaxis": axis,
            "margin": {"l": 48, "r": 12, "t": 12, "b": 32},
            "hoverlabel": {
                "bgcolor": token["raised"],
                "bordercolor": token["edge"],
                "font": {"color": token["ink"], "size": 12},
            },
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        }
    )


def graph(figure: Any, id: Any, **kw: Any) -> dcc.Graph:  # noqa: A002 -- Dash's own word
    """Return the only kind of graph there is: nothing is sent anywhere, nothing is fetched."""
    config: Any = {
        "displaylogo": False,
        "displayModeBar": False,
        "showSendToCloud": False,
        "plotlyServerURL": "",
        "topojsonURL": "",
        "responsive": True,
        **kw.pop("config", {}),
    }
    return dcc.Graph(figure=figure, id=id, config=config, **kw)
