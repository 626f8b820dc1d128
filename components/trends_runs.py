"""The runs and lumisections behind what was picked, the ways to certify them, and the same numbers as files."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from dash import html

from components import trends_bars
from components.glossary import known
from components.markup import unseen
from components.trends_address import Shown
from components.written import written
from model.accounting.flow import Flow
from model.accounting.losses import Opened
from model.accounting.parts import Of, workspace_with
from model.ranges import short_text
from model.trends.trends import Trends
from model.vocabulary import GLOBAL

#: runs that a link names one by one
_MOST_RUNS = 100


def span(first: int, last: int) -> str:
    """Return a range of runs or lumisections as the address says it."""
    return str(first) if first == last else f"{first}-{last}"


def opened(shown: Shown, found: Trends) -> Any:
    """Return the runs and lumisections of what was picked, with the ways to look at them and certify them."""
    if not found.opened:
        return html.P("Nothing was lost here.", className="dim")
    pick, of = found.view.pick, found.view.of
    workspace = workspace_with(pick.part, of) if pick.part else GLOBAL
    column = pick.part if of is Of.COLUMN and "-" in pick.part else ""
    numbers = [each.run_number for each in found.opened]
    words = (
        f"{found.opened_runs:,} run{'s' if found.opened_runs > 1 else ''} with lost luminosity, "
        f"{found.opened_invpb:,.2f} pb⁻¹"
    )
    some = f"; the {len(numbers)} that lost most:" if found.opened_runs > len(numbers) else ":"
    where = json.dumps(["runs", ",".join(map(str, sorted(numbers[:_MOST_RUNS])))])
    also = {"stage": shown.stage.value, "as_of": shown.kept.get("as_of", "")}
    certify = _to(f"/certify/{workspace}", where=where, column=column, **also)
    on_map = _to("/map", runs=span(min(numbers), max(numbers)), column=column, **also)
    return [
        html.P([words, some]),
        html.Div(
            [
                html.A("Certify these", href=certify, className="button is-primary"),
                html.A("On the map", href=on_map, className="button"),
            ],
            className="actions trends-actions",
        ),
        html.Div(_table(found.opened, workspace, column, also), className="trends-table"),
    ]


def certifying(shown: Shown, found: Trends, column: str, differs_from: str = "") -> str:
    """Return where a column of all that is shown is certified, or only where another stage says otherwise."""
    pick, asked = found.view.pick, found.view.question
    ends = [n for n in (pick.first_run, pick.last_run) if n is not None] or [
        n for n in (asked.first_run, asked.last_run) if n is not None
    ]
    parts: list[list[str]] = [["disagrees", column, differs_from]] if differs_from else []
    parts += [["era", "=", asked.era]] if asked.era else []
    parts += [["runs", span(ends[0], ends[-1])]] if ends else []
    where = json.dumps({"and": parts} if len(parts) > 1 else parts[0]) if parts else ""
    also = {"stage": shown.stage.value, "as_of": shown.kept.get("as_of", "")}
    return _to(f"/certify/{workspace_with(column, Of.COLUMN)}", where=where, column=column, **also)


def _table(lines: Sequence[Opened], workspace: str, column: str, also: Mapping[str, str]) -> html.Table:
    top = html.Tr(
        [
            html.Th("run"),
            html.Th("pb⁻¹", className="num"),
            html.Th(known("lumisections")),
            html.Th(unseen("ways on")),
        ]
    )
    body = html.Tbody([_line(each, workspace, column, also) for each in lines])
    return written(html.Table([html.Thead(top), body]))


def _line(each: Opened, workspace: str, column: str, also: Mapping[str, str]) -> html.Tr:
    number, spans = each.run_number, each.ranges
    ls = span(spans[0].first, spans[-1].last)
    certify = _to(f"/certify/{workspace}", runs=f"{number}-{number}", ls=ls, column=column, **also)
    return html.Tr(
        [
            html.Td(html.A(str(number), href=_to(f"/runs/{number}", as_of=also["as_of"]))),
            html.Td(trends_bars.short(each.recorded_invpb), className="num"),
            html.Td(short_text(spans, 34), title=f"{each.lumisections:,} lumisections of {each.dataset}"),
            html.Td(html.A("certify", href=certify), className="num"),
        ]
    )


def _to(path: str, **words: str) -> str:
    kept = {name: said for name, said in words.items() if said}
    return f"{path}?{urlencode(kept)}" if kept else path


def sources(found: Mapping[str, Flow], now: str) -> html.Table:
    """Return the account in each calibration side by side; nothing of it is added up."""
    steps = ("delivered", "recorded", "processed", "certified")
    top = html.Tr([html.Th("pb⁻¹"), *(html.Th(step, className="num") for step in steps)])
    lines = [
        html.Tr(
            [
                html.Td(html.B(source) if source == now else source),
                *(html.Td(f"{getattr(flow.total, f'{step}_invpb'):,.2f}", className="num") for step in steps),
            ],
            title=" ".join(flow.notes),
        )
        for source, flow in found.items()
    ]
    return html.Table([html.Thead(top), html.Tbody(lines)], className="trends-sources")


def csv(found: Trends, path: str, **more: str) -> html.A:
    """Return the way to have the same numbers as a file."""
    asked = found.view.question
    ends = [each for each in (asked.first_run, asked.last_run) if each is not None]
    words = {
        "rule": asked.rule.name,
        "dataset": asked.pattern,
        "null_policy": asked.rule.null_policy.value,
        "source": asked.source,
        "era": asked.era,
        "runs": span(ends[0], ends[-1]) if ends else "",
        "as_of": str(asked.at),
    }
    href = _to(f"/api/v1/{path}.csv", **more, **words)
    return html.A("CSV", href=href, download=f"{path}.csv", className="trends-csv")
