"""Lists side by side: what each rule that makes lists selects of the same choice, in one pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from dash import dcc, html

from components.markup import slashed, unseen

BODY = "golden-beside"
#: what the table was made for
ASKED = "golden-beside-asked"


@dataclass(frozen=True)
class Beside:
    """One list.

    Args:
        refused: why there is none; the numbers are 0 then.
    """

    rule: str
    datasets: str
    runs: int = 0
    lumisections: int = 0
    recorded_invpb: float = 0.0
    considered_invpb: float = 0.0
    download: str = ""
    refused: str = ""


def card() -> html.Section:
    """Return the place of the table; a callback fills it after the answer."""
    about = "the same class, era, runs, cycle and policy, each rule over the datasets it is meant for"
    return html.Section(
        [
            html.H2(["Lists side by side ", html.Span(about, className="dim")]),
            html.Div(html.P("…", className="dim"), id=BODY),
            dcc.Store(id=ASKED),
        ],
        className="card-plain",
    )


def table(lists: Sequence[Beside]) -> html.Table:
    """Return the lists, one a row; one that has none says why."""
    heads = ("Rule", "Datasets", "Runs", "Lumisections", "Recorded, pb⁻¹", "Of considered", unseen("ways on"))
    return html.Table(
        [html.Thead(html.Tr([html.Th(head) for head in heads])), html.Tbody([_row(one) for one in lists])],
        className="rows golden-beside-rows",
    )


def _row(one: Beside) -> html.Tr:
    name = html.Td(dcc.Link(one.rule, href=f"/golden?{urlencode({'rule': one.rule})}"))
    if one.refused:
        return html.Tr(
            [name, html.Td(html.Code(slashed(one.datasets))), html.Td(one.refused, colSpan=5, className="dim")]
        )
    share = f"{one.recorded_invpb / one.considered_invpb:.1%}" if one.considered_invpb else "no luminosity"
    numbers = (f"{one.runs:,}", f"{one.lumisections:,}", f"{one.recorded_invpb:,.2f}", share)
    link = html.A("JSON", href=one.download, download="")
    cells = [html.Td(number, className="num") for number in numbers]
    return html.Tr([name, html.Td(html.Code(slashed(one.datasets))), *cells, html.Td(link)])
