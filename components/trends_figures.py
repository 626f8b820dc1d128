"""The plots of trends by run, fill, day, week or era: the good share with its band, and where the rest went."""

from collections.abc import Sequence
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np

from components import theme
from model.accounting.flow import Line
from model.accounting.question import By
from model.trends.plots import Point
from model.trends.trends import Trends

#: how far below the band the axis begins, in half widths of it; what lies lower is drawn on its edge
_BELOW = 3.0
_TICKS, _NAMED = 6, 3
#: a smaller share of assumed times is not written over its bar
_SEEN = 0.005
#: each step of the account and the token it is drawn in, the last in front
STEPS = MappingProxyType(
    {"delivered": "line", "recorded": "series-fill", "processed": "bit-on", "certified": "accent"}
)
#: from so many bars on they stand without edges
_MANY = 60
_SMALLEST, _LARGEST = 5.0, 13.0


def good(found: Trends, name: theme.Theme) -> Any:
    """Return the good share of each group, outliers in the colour of losses, the band behind them."""
    token, points = theme.palette(name), found.points
    bottom = _bottom(found)
    trace = {
        "type": "scatter",
        "x": list(range(len(points))),
        "y": [max(point.good, bottom) for point in points],
        "mode": "markers",
        "marker": _markers(points, bottom, token),
        "customdata": [[p.first_run, p.last_run, p.key, _said(p, found)] for p in points],
        "hovertemplate": "%{customdata[3]}<extra></extra>",
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 0.25}},
    }
    layout = _layout(name, [p.key for p in points])
    layout["yaxis"] |= {
        "tickformat": ".1~%",
        "nticks": 6,
        "range": [bottom - (1 - bottom) * 0.04, 1 + (1 - bottom) * 0.06],
    }
    more = {
        "dragmode": "select",
        "selectdirection": "h",
        "newselection": {"line": {"color": token["accent"], "width": 1, "dash": "dot"}},
        "clickmode": "event",
        "shapes": _shapes(found, token),
        "annotations": _annotations(found, bottom, token),
    }
    return {"data": [trace], "layout": {**layout, **more}}


def _bottom(found: Trends) -> float:
    if found.band is None:
        return 0.0
    half = max(found.band.median - found.band.low, 0.01)
    return max(0.0, found.band.low - _BELOW * half)


def _markers(points: Sequence[Point], bottom: float, token: Any) -> dict[str, Any]:
    largest = max((p.processed_invpb for p in points), default=0.0) or 1.0
    return {
        "color": [token["loss"] if p.is_outlier else token["accent"] for p in points],
        "size": [_SMALLEST + (_LARGEST - _SMALLEST) * (p.processed_invpb / largest) ** 0.5 for p in points],
        "symbol": ["triangle-down" if p.good < bottom else "circle" for p in points],
        "opacity": 1.0 if all(p.is_picked for p in points) else [1.0 if p.is_picked else 0.25 for p in points],
        "line": {"width": 0},
    }


def _said(point: Point, found: Trends) -> str:
    source = found.flow.source
    lost = f"lost {point.lost_invpb:,.2f} pb⁻¹, most to {point.cause}" if point.cause else "nothing lost"
    return (
        f"{found.view.by.value} {point.key}: {point.good:.1%} good "
        f"of {point.processed_invpb:,.2f} pb⁻¹ processed<br>{lost}<br>source: {source}"
    )


def _shapes(found: Trends, token: Any) -> list[dict[str, Any]]:
    shapes: list[dict[str, Any]] = []
    if found.band is not None:
        across = {"xref": "paper", "x0": 0, "x1": 1, "layer": "below"}
        band = {"y0": found.band.low, "y1": found.band.high, "fillcolor": token["series-fill"]}
        shapes.append({"type": "rect", **across, **band, "line": {"width": 0}})
        middle = {"y0": found.band.median, "y1": found.band.median}
        shapes.append({"type": "line", **across, **middle, "line": {"color": token["accent"], "width": 1}})
    brushed = [place for place, point in enumerate(found.points) if point.is_picked]
    if brushed and len(brushed) < len(found.points):
        span = {"x0": brushed[0] - 0.5, "x1": brushed[-1] + 0.5, "yref": "paper", "y0": 0, "y1": 1}
        shapes.append({"type": "rect", **span, "line": {"color": token["accent"], "width": 1}})
    return shapes


def _annotations(found: Trends, bottom: float, token: Any) -> list[dict[str, Any]]:
    places = {point.key: place for place, point in enumerate(found.points)}
    last = max(len(found.points) - 1, 1)
    named = []
    chosen = sorted(found.outliers[:_NAMED], key=lambda point: places[point.key])
    left = [point for point in chosen if places[point.key] < last / 2]
    # words stand towards the middle of the plot: nearest is the point whose words no other's line would cross
    for number, point in enumerate([*reversed(left), *chosen[len(left) :]]):
        x, y = places[point.key], max(point.good, bottom)
        is_high = y > (1 + bottom) / 2
        named.append(
            {
                "x": x,
                "y": y,
                "text": f"{point.key} · {point.cause}, −{point.lost_invpb:,.1f} pb⁻¹",
                "font": {"color": token["ink"], "size": 11},
                "xanchor": "left" if x < last / 2 else "right",
                "ax": 12 if x < last / 2 else -12,
                "ay": (16 + 18 * number) * (1 if is_high else -1),
                "arrowcolor": token["edge"],
                "arrowwidth": 1,
                "arrowhead": 0,
                "bgcolor": token["card"],
                "borderpad": 1,
            }
        )
    return named


def flow(found: Trends, name: theme.Theme) -> Any:
    """Return delivered, recorded, processed and certified of each group, one in front of the other.

    Numbers are arrays: what sends a figure looks at each member of a list, and at an array once.
    """
    token = theme.palette(name)
    lines = found.flow.lines
    edge, pick = 0 if len(lines) > _MANY else 1, found.view.pick
    is_picked = [pick.meets(line.first_run, line.last_run) for line in lines]
    shades: Any = 1.0 if all(is_picked) else np.where(is_picked, 1.0, 0.35)
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "name": step,
            "x0": 0,
            "dx": 1,
            "y": np.array([getattr(line, f"{step}_invpb") for line in lines], dtype=np.float64),
            "marker": {
                "color": token[named],
                "opacity": shades,
                "line": {"color": token["edge"], "width": edge},
            },
            "hoverinfo": "skip",
        }
        for step, named in STEPS.items()
    ]
    # one bar tells of all four of its group
    traces[0]["customdata"] = np.array([[line.first_run, line.last_run] for line in lines], dtype=np.int64)
    traces[0]["hovertext"] = [_flow_said(line, found) for line in lines]
    traces[0]["hovertemplate"] = "%{hovertext}<extra></extra>"
    del traces[0]["hoverinfo"]
    if found.view.by in (By.DAY, By.WEEK):
        said = [f"≈ {line.assumed:.0%}" if line.assumed >= _SEEN else "" for line in lines]
        traces[0] |= {"text": said, "textposition": "outside", "textfont": {"size": 9, "color": token["dim"]}}
    more = {
        "barmode": "overlay",
        "bargap": 0.0 if len(lines) > _MANY else 0.25,
        "clickmode": "event",
        "hovermode": "x",
    }
    return {"data": traces, "layout": {**_layout(name, [line.key for line in lines]), **more}}


def _flow_said(line: Line, found: Trends) -> str:
    steps = ", ".join(
        f"{step} {getattr(line, f'{step}_invpb'):,.2f}"
        for step in ("delivered", "recorded", "processed", "certified")
    )
    assumed = f"<br>{line.assumed:.0%} of it at assumed times" if line.assumed else ""
    return f"{found.view.by.value} {line.key}: {steps} pb⁻¹{assumed}<br>source: {found.flow.source}"


@cache
def _template(name: theme.Theme) -> dict[str, Any]:
    # a figure of plain parts is made ten times sooner than one that checks each of them
    found: dict[str, Any] = theme.template(name).to_plotly_json()
    return found


def _layout(name: theme.Theme, keys: Sequence[str]) -> dict[str, Any]:
    step = max(1, -(-len(keys) // _TICKS))
    places = list(range(0, len(keys), step))
    return {
        "template": _template(name),
        "autosize": True,
        "margin": {"l": 50, "r": 10, "t": 10, "b": 26},
        "showlegend": False,
        "xaxis": {
            "tickvals": places,
            "ticktext": [keys[place] for place in places],
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
            "range": [-0.7, max(len(keys) - 0.3, 0.7)],
        },
        "yaxis": {"fixedrange": True, "rangemode": "tozero", "tickformat": ","},
    }
