"""The lumisection strip: luminosity, one row per column, DCS bits, on one lumisection axis.

The selection lives in the browser (`assets/lumisection_strip*.js`); a callback reads it as State
from `SELECTION` when `INTENT` says that a key or a button asked for something.
"""

from dataclasses import dataclass
from typing import Any, Literal

from dash import dcc, html

from components import theme
from components.markup import attributes
from model.ranges import Ranges

STRIP = "lumisection-strip"
GRAPH = "lumisection-strip-graph"
#: what is selected: run_number, cells [{dataset, column, first, last}], n_ls, recorded_invpb, sequence
SELECTION = "lumisection-strip-selection"
#: what was asked for: {"status": "BAD", "apply": true, "n": 3} or {"undo": true, "n": 4}
INTENT = "lumisection-strip-intent"
_GRID = "lumisection-strip-grid"
_SAYS = "lumisection-strip-says"
_OVERLAY = "lumisection-strip-overlay"


@dataclass(frozen=True)
class Span:
    """One status on lumisections `first` to `last`; for bits 1 is true, 2 false, 0 unknown."""

    first: int
    last: int
    status: int
    author: str = ""
    is_person: bool = True
    cause: str = ""
    comment: str = ""
    at: str = ""


@dataclass(frozen=True)
class Hint:
    """A status that a program, named with its version, proposes on lumisections; nothing of it is effective."""

    first: int
    last: int
    status: int
    program: str
    score: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class Otherwise:
    """What somebody said a bit was for one dataset, and what OMS says: 1 is true, 2 false, 0 unknown."""

    first: int
    last: int
    status: int
    raw: int
    dataset: str
    author: str
    comment: str
    at: str = ""


@dataclass(frozen=True)
class StripRow:
    """One column of one dataset, or one bit; spans are sorted and disjoint, gaps are unknown.

    Args:
        hints: what programs propose there.
        otherwise: what persons said of the bit, dataset by dataset.
    """

    key: str
    label: str
    spans: tuple[Span, ...]
    kind: Literal["column", "bit"] = "column"
    dataset: str = "online"
    editable: bool = True
    hints: tuple[Hint, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()


@dataclass(frozen=True)
class StripData:
    """A run as the strip draws it; `recorded_lumi_invpb[i]` belongs to lumisection `first + i`."""

    run_number: int
    first: int
    last: int
    lumisections: Ranges
    recorded_lumi_invpb: tuple[float, ...]
    lumi_source: str
    rows: tuple[StripRow, ...]
    sequence: int
    bits: tuple[StripRow, ...] = ()


def strip(figure: Any, height_px: int, graph: str = GRAPH, *, intent: str = INTENT) -> html.Div:
    """Return the strip around a figure of `strip_figure.figure`; `height_px` from `strip_figure.height_px`.

    A strip that follows its run is drawn once, and its `graph` gets new figures: the selection stays.
    """
    return html.Div(
        [
            theme.graph(figure, graph, className="strip-graph", style=tall(height_px)),
            html.Div(id=_OVERLAY, className="strip-overlay", **attributes({"aria-hidden": "true"})),
            html.Div(
                id=_GRID,
                className="strip-grid",
                role="grid",
                tabIndex=0,
                **attributes(
                    {
                        "aria-label": "Lumisections: arrows move, Shift extends, Space toggles, G B S E set",
                        "aria-multiselectable": "true",
                    }
                ),
            ),
            html.Div(id=_SAYS, className="visually-hidden", **attributes({"aria-live": "polite"})),
            dcc.Store(id=SELECTION),
            dcc.Store(id=intent),
        ],
        id=STRIP,
        className="strip",
        **attributes(
            {
                "data-graph": graph,
                "data-selection": SELECTION,
                "data-intent": intent,
                "data-grid": _GRID,
                "data-says": _SAYS,
                "data-overlay": _OVERLAY,
            }
        ),
    )


def tall(height_px: int) -> dict[str, str]:
    """Return the style of a graph that is so many px high."""
    return {"height": f"{height_px}px"}


def blank(graph: str) -> html.Div:
    """Return a strip that waits for its first figure."""
    nothing = {"visible": False}
    layout = {"xaxis": nothing, "yaxis": nothing, "paper_bgcolor": "#0000", "plot_bgcolor": "#0000"}
    return strip({"data": [], "layout": layout}, 420, graph)
