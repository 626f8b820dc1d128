"""The figure of a lumisection strip: a heatmap on merged edges under the luminosity profile."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import plotly.graph_objects as go

from components import theme
from components.lumisection_strip import StripData, StripRow
from components.strip_meta import BIT_UNKNOWN, CODES, code, meta
from model.ranges import Ranges
from model.vocabulary import stage_of

_RIGHT, _TOP, _BOTTOM = 10, 6, 8


@dataclass(frozen=True)
class Look:
    """How large a strip is drawn, in px: at a desk, or on a wall."""

    left: int = 116
    profile: int = 104
    axis: int = 26
    heading: int = 24
    row: int = 24
    bit: int = 14
    letters: int = 11


#: what one certifies on is 24 px high; a bit explains, and what a press on it selects its column selects too
DESK = Look()
#: where the pointer is a finger
TOUCH = Look(bit=24)
WALL = Look(left=270, profile=220, axis=52, heading=48, row=42, bit=38, letters=28)


def look_for(*, is_wall: bool = False, is_touched: bool) -> Look:
    """Return how large a strip is drawn for whoever looks at it from afar, or points at it with a finger."""
    return WALL if is_wall else TOUCH if is_touched else DESK


@dataclass(frozen=True)
class _Band:
    """A horizontal band of the rows axis, in px from its top; a heading has no row."""

    top: float
    bottom: float
    row: StripRow | None = None
    heading: str = ""


def merged_edges(data: StripData) -> list[int]:
    """Return where anything changes: the lumisections that begin a heatmap column, and the end."""
    edges = {data.first, data.last + 1}
    for first, last in data.lumisections:
        edges |= {first, last + 1}
    for row in (*data.rows, *data.bits):
        for span in row.spans:
            edges |= {span.first, span.last + 1}
    return sorted(edge for edge in edges if data.first <= edge <= data.last + 1)


def _holds(ranges: Ranges, number: int) -> bool:
    index = bisect_right(ranges, number, key=lambda r: r.first) - 1
    return index >= 0 and number <= ranges[index].last


def cells(row: StripRow, edges: Sequence[int], lumisections: Ranges) -> list[int | None]:
    """Return the code of each heatmap column in one row; None where no lumisection exists."""
    starts = [span.first for span in row.spans]
    unknown = BIT_UNKNOWN if row.kind == "bit" else 0
    out: list[int | None] = []
    for number in edges[:-1]:
        index = bisect_right(starts, number) - 1
        inside = index >= 0 and number <= row.spans[index].last
        exists = _holds(lumisections, number)
        out.append((code(row, row.spans[index]) if inside else unknown) if exists else None)
    return out


def _heading(dataset: str) -> str:
    stage = stage_of(dataset).value
    return stage if dataset == stage else f"{stage} · {dataset}"


def _bands(data: StripData, look: Look) -> list[_Band]:
    out: list[_Band] = []
    top = 0.0

    def lay(height: float, row: StripRow | None = None, heading: str = "") -> None:
        nonlocal top
        out.append(_Band(top, top + height, row, heading))
        top += height

    for dataset, rows in groupby(data.rows, key=lambda row: row.dataset):
        lay(look.heading, heading=_heading(dataset))
        for row in rows:
            lay(look.row, row)
    if data.bits:
        lay(look.heading, heading="DCS and beam bits · OMS")
        for row in data.bits:
            lay(look.bit, row)
    return out


def height_px(data: StripData, look: Look = DESK) -> int:
    """Return the height of the whole figure; give the same look to `figure`."""
    bands = _bands(data, look)
    rows = bands[-1].bottom if bands else 0
    return round(_TOP + look.profile + look.axis + rows + _BOTTOM)


def _colourscale(tokens: dict[str, str]) -> list[list[float | str]]:
    n = len(CODES)
    return [[edge / n, tokens[token]] for i, (token, _, _) in enumerate(CODES) for edge in (i, i + 1)]


def _heatmap(data: StripData, bands: list[_Band], tokens: dict[str, str]) -> Any:
    edges = merged_edges(data)
    blank: list[int | None] = [None] * (len(edges) - 1)
    return go.Heatmap(
        x=[edge - 0.5 for edge in edges],
        y=[0.0, *(band.bottom for band in bands)],
        z=[cells(band.row, edges, data.lumisections) if band.row else blank for band in bands],
        zmin=-0.5,
        zmax=len(CODES) - 0.5,
        colorscale=_colourscale(tokens),
        showscale=False,
        ygap=3,
        xgap=0,
        hoverinfo="none",
        yaxis="y2",
    )


def _profile(data: StripData, tokens: dict[str, str]) -> Any:
    # a step closes at the edge of a lumisection, not in its middle
    x: list[float] = [data.first - 0.5, *range(data.first, data.last + 1), data.last + 0.5]
    lumi = data.recorded_lumi_invpb
    y = [lumi[0], *lumi, lumi[-1]] if lumi else [0.0] * len(x)
    return go.Scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": tokens["accent"], "width": 1.5, "shape": "hvh"},
        fill="tozeroy",
        fillcolor=tokens["series-fill"],
        hoverinfo="none",
    )


def _axes(data: StripData, bands: list[_Band], height: int, look: Look) -> dict[str, Any]:
    rows = bands[-1].bottom if bands else 1
    inner = height - _TOP - _BOTTOM
    named = [band for band in bands if band.row]
    return {
        "xaxis": {
            "range": [0.5, data.last + 0.5],
            "anchor": "free",
            "position": (rows + look.axis - 2) / inner,
            "side": "bottom",
            "ticks": "outside",
            "ticklen": 3,
            "tickfont": {"size": look.letters},
            "showgrid": False,
            "zeroline": False,
            "nticks": 12,
            "fixedrange": True,
        },
        "yaxis": {
            "domain": [(rows + look.axis) / inner, 1],
            "rangemode": "tozero",
            "nticks": 4,
            "tickfont": {"size": look.letters},
            "showgrid": True,
            "zeroline": False,
            "fixedrange": True,
        },
        "yaxis2": {
            "domain": [0, rows / inner],
            "range": [rows, 0],
            "tickvals": [(band.top + band.bottom) / 2 for band in named],
            "ticktext": [band.row.label for band in named if band.row],
            "tickfont": {"size": look.letters},
            "ticks": "",
            "ticklabelstandoff": 5,
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
    }


def _headings(data: StripData, bands: list[_Band], tokens: dict[str, str], look: Look) -> list[dict[str, Any]]:
    left = {"xref": "paper", "x": 0, "xanchor": "left", "showarrow": False}
    named = [
        {
            **left,
            "xshift": 4 - look.left,
            "yref": "y2",
            "y": band.bottom - look.letters + 2,
            "text": f"<b>{band.heading}</b>",
            "font": {"size": look.letters + 1, "color": tokens["ink"]},
        }
        for band in bands
        if band.heading
    ]
    unit = {
        **left,
        "xshift": 4 - look.left,
        "yref": "paper",
        "y": 1,
        "yanchor": "top",
        "align": "left",
        "text": f"<b>recorded</b><br>pb⁻¹ per LS<br>{data.lumi_source}",
        "font": {"size": look.letters if look is WALL else 10, "color": tokens["dim"]},
    }
    return [*named, unit]


def figure(data: StripData, name: theme.Theme = "dark", look: Look = DESK) -> Any:
    """Return the figure of a run; the lumisection axis begins at lumisection 1."""
    tokens = dict(theme.palette(name))
    bands = _bands(data, look)
    height = height_px(data, look)
    layout = {
        "template": theme.template(name),
        "autosize": True,
        "height": height,
        "margin": {"l": look.left, "r": _RIGHT, "t": _TOP, "b": _BOTTOM},
        "showlegend": False,
        "dragmode": "select",
        "selectdirection": "any",
        "annotations": _headings(data, bands, tokens, look),
        "meta": {"strip": meta(data, [(band.row, band.top, band.bottom) for band in bands if band.row])},
        **_axes(data, bands, height, look),
    }
    return go.Figure([_profile(data, tokens), _heatmap(data, bands, tokens)], layout)
