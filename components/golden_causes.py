"""The difference of the golden JSON to another list, by cause: run, lumisections, gained or lost, because."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html

from components.glossary import known
from components.golden import signed
from components.markup import attributes, labelled
from model.golden.attributed import Attributed, Block, Cause, Kind, Sums
from model.ranges import LumisectionRange
from model.vocabulary import stage_of

AGAINST = "golden-causes-against"
OFFERED = "golden-causes-offered"
BODY = "golden-causes"
#: lines of one kind that the page shows; the export has all
_MOST_LINES = 60
_KINDS = {
    Kind.DECISION: "Decisions",
    Kind.RULE: "Rule and choice of datasets",
    Kind.UPSTREAM: "Corrections of upstream",
    Kind.LUMINOSITY: "Luminosity measured anew",
    Kind.ABSENT: "Not in the registry",
    Kind.PUBLISHED: "Not in the published list",
}


def card() -> html.Section:
    """Return the card: what to compare with, and the place of what differs."""
    against = dbc.Input(
        id=AGAINST,
        size="sm",
        type="text",
        debounce=True,
        list=OFFERED,
        placeholder="label, list, time or sequence",
    )
    words = attributes({"aria-live": "polite"})
    return html.Section(
        [
            labelled("Against", against, "golden-causes-head"),
            html.Datalist(id=OFFERED),
            dcc.Loading(html.Div(id=BODY, **words), delay_show=300, type="dot"),
        ],
        className="card-plain golden-causes",
    )


def choices(names: Sequence[str]) -> list[html.Option]:
    """Return what can be compared with, as one types."""
    return [html.Option(value=name) for name in names]


def refused(sentence: str) -> html.P:
    """Return why there is no difference to show."""
    return html.P(sentence, className="notice is-refusal", role="alert")


def body(found: Attributed, asked: Mapping[str, str], *, is_kept: bool = True) -> list[Any]:
    """Return what differs: totals, each kind with its blocks, most luminosity first, and the exports.

    Args:
        asked: the question as the API takes it.
        is_kept: the rule is one the API can name.
    """
    if not found.blocks:
        same = f"The same {found.after.lumisections:,} lumisections as {found.before.name}."
        return [html.P(same, className="dim")]
    links = _exports(asked) if is_kept else []
    head = html.P([*_summary(found), *links], className="golden-causes-sum")
    names = (("run", "num"), ("lumisections", ""), ("LS", "num"), ("pb⁻¹", "num"), ("because", "because"))
    top = html.Thead(html.Tr([html.Th(known(name), className=css) for name, css in names]))
    bodies = [_kind(found, kind, asked) for kind in found.kinds]
    scrolls = attributes({"tabIndex": 0, "role": "region", "aria-label": "what differs, by cause"})
    return [head, html.Div(html.Table([top, *bodies]), className="golden-causes-table", **scrolls)]


def _summary(found: Attributed) -> list[Any]:
    sums = found.sums()
    # never rounded up: a share that is not whole is not 100 %
    share = "100 %" if found.share == 1 else f"{found.share * 100:.4f} %"
    return [
        html.Strong(f"{signed(sums.change_invpb, 2)} pb⁻¹", title=f"source: {found.source}"),
        f" in {_many(sums.blocks, 'block')}: {_lumisections(sums)}, {share} attributed; ",
        f"against {found.before.name}, {found.before.lumisections:,} LS ",
    ]


def _exports(asked: Mapping[str, str]) -> list[Any]:
    query = urlencode(asked)
    address = "/api/v1/golden-json/difference"
    return [
        html.A("CSV", href=f"{address}/csv?{query}", download="golden-difference.csv"),
        " ",
        html.A("JSON", href=f"{address}?{query}", target="_blank"),
    ]


def _kind(found: Attributed, kind: Kind, asked: Mapping[str, str]) -> html.Tbody:
    blocks = [block for block in found.blocks if found.causes[block.cause].kind == kind]
    blocks.sort(key=lambda block: -abs(block.change_invpb))
    sums = found.sums(kind)
    title = html.Th(_KINDS[kind], colSpan=2, scope="rowgroup")
    change = html.Td(_lumisections(sums, many=False), className="num")
    total = html.Td(signed(sums.change_invpb, 2), className="num")
    many = html.Td(_many(sums.blocks, "block"), className="dim")
    rows = [html.Tr([title, change, total, many], className="golden-causes-kind")]
    rows += [_line(block, found.causes[block.cause], asked) for block in blocks[:_MOST_LINES]]
    if len(blocks) > _MOST_LINES:
        rest = f"{_many(len(blocks) - _MOST_LINES, 'more block')} with less luminosity: in the export"
        rows.append(html.Tr(html.Td(rest, colSpan=5, className="dim")))
    return html.Tbody(rows)


def _line(block: Block, cause: Cause, asked: Mapping[str, str]) -> html.Tr:
    when = {"as_of": asked["as_of"]} if asked.get("as_of", "now") != "now" else {}
    # a pattern that begins with any text names no stage
    stage = {} if asked["dataset"].startswith("%") else {"stage": stage_of(asked["dataset"]).value}
    span = LumisectionRange(block.first, block.last)
    number = block.run_number
    here = {"runs": f"{number}-{number}", "ls": f"{block.first}-{block.last}", **stage, **when}
    certify = f"/certify/global?{urlencode(here)}"
    run = f"/runs/{number}?{urlencode(when)}" if when else f"/runs/{number}"
    return html.Tr(
        [
            html.Td(dcc.Link(str(number), href=run), className="num"),
            html.Td(dcc.Link(str(span), href=certify, title="open in Certify"), className="span"),
            html.Td(signed(block.change, 0) if block.change else "0", className=f"num {_way(block.change)}"),
            html.Td(signed(block.change_invpb, 2), className=f"num {_way(block.change_invpb)}"),
            html.Td(_because(cause), className="because"),
        ]
    )


def _because(cause: Cause) -> list[Any]:
    said = [html.Span(cause.words)]
    if cause.comment:
        said.append(html.Span(f", {cause.comment}"))
    if cause.sequence is not None:
        who = f" {cause.author}, {cause.at[:16].replace('T', ' ')}"
        said.append(html.Span(who, className="dim", title=f"event {cause.sequence}, {cause.at}"))
    return said


def _way(change: float) -> str:
    return "is-gain" if change > 0 else "is-loss" if change < 0 else ""


def _lumisections(sums: Sums, *, many: bool = True) -> str:
    parts = [f"+{sums.gained:,}" if sums.gained else "", f"−{sums.lost:,}" if sums.lost else ""]
    told = " ".join(filter(None, parts)) or "0"
    return f"{told} LS" if many else told


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"
