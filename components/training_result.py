"""A sitting of training beside what was decided: the score, by column, by dataset, and each difference."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from dash import dcc, html

from components import skeleton
from components.markup import attributes
from components.training_page import PATH, bar, percent
from model.ranges import short_text
from model.training.comparison import Compared, Comparison, Difference
from model.training.kept import Kept
from model.training.score import ORDER, Outcome, Score
from model.vocabulary import LETTER, Status

RESULT = "training-result"
SHARE = "training-share"
REMOVE = "training-remove"
SAYS = "training-result-says"
#: more differences than anybody reads through; those with most luminosity are shown
_MOST = 200
_GLYPHS = {
    Outcome.AGREED: "✓",
    Outcome.LENIENT: "G≠",
    Outcome.STRICT: "≠G",
    Outcome.OTHER: "≠",
    Outcome.SILENT: "·",
}
_WHY = {
    Outcome.LENIENT: "the costly one: it would have been analysed",
    Outcome.STRICT: "good data that would have been lost",
    Outcome.OTHER: "not GOOD either way",
    Outcome.SILENT: "silence is never green",
}


def place() -> html.Div:
    """Return where a callback puts the comparison; what it says of sharing stands over it."""
    reading = skeleton.cards((140, (1,)), (330, (5, 3)), (360, (1,)))
    return html.Div(
        [html.Div(id=SAYS, role="alert"), html.Div(reading, id=RESULT, className="stack")],
        className="stack training-page",
    )


def result(of: Kept, found: Comparison, who: str) -> list[Any]:
    """Return the comparison of a sitting, as its owner or somebody it is shared with sees it."""
    return [
        _head(of, who),
        *[html.Div(note, className="notice is-late") for note in _notes(found)],
        html.Section(_score(found), className="card-plain training-score"),
        html.Div(
            [
                html.Section([html.H2("By column"), _by_column(found)], className="card-plain"),
                html.Section([html.H2("By dataset"), _by_dataset(found), _legend()], className="card-plain"),
            ],
            className="training-two",
        ),
        html.Section([html.H2("What differs"), *_differences(of, found)], className="card-plain"),
    ]


def _head(of: Kept, who: str) -> html.Div:
    asked = of.question
    whose = "Your sitting" if of.owner == who else f"The sitting of {of.owner}"
    words = f"{asked.workspace} · {asked.stage.value} · draw {asked.draw} · compared {of.at:%Y-%m-%d %H:%M} UTC"
    share = html.Button(
        "Make it private again" if of.is_shared else "Share with everybody",
        id=SHARE,
        className="button",
        type="button",
        n_clicks=0,
    )
    remove = html.Button("Remove", id=REMOVE, className="button", type="button", n_clicks=0)
    paper = html.Button("Print", className="button", type="button", **attributes({"data-print": ""}))
    actions = [paper, share, remove] if of.owner == who else [paper]
    onward = dcc.Link("Another sitting", href=PATH, className="button is-primary")
    return html.Div(
        [
            html.Div([html.H1(whose), html.Div(words, className="dim")]),
            html.Div([*actions, onward], className="actions"),
        ],
        className="training-title",
    )


def _notes(found: Comparison) -> list[str]:
    notes = []
    for each in found.datasets:
        where = f"Run {each.run_number} {each.dataset}"
        if each.is_open_again:
            notes.append(f"{where} is {each.state} again: it is compared with what had been decided before.")
        elif each.is_changed:
            notes.append(
                f"{where} was decided otherwise since: it is compared with what had been decided before."
            )
        if each.added:
            notes.append(
                f"{where} got {each.added} lumisections later, which you could not see: they do not count."
            )
    return notes


def _score(found: Comparison) -> list[Any]:
    total = found.total
    big = html.Div(
        [
            html.Strong(percent(total.agreed), className="training-big"),
            html.Div(["as decided · rules alone ", html.B(percent(found.by_rules.agreed))]),
            bar(total.agreed, found.by_rules.agreed),
            html.Small(
                f"of {total.decided:,} decided lumisections, once in each column · luminosity {found.source}",
                className="dim",
            ),
        ]
    )
    tiles = [_tile(each, total) for each in ORDER if each is not Outcome.AGREED]
    return [big, html.Dl(tiles, className="training-tiles")]


def _tile(each: Outcome, total: Score) -> html.Div:
    lumisections, invpb = total.lumisections[each], total.recorded_invpb[each]
    css = f"training-tile is-{each.name.lower()}{' is-some' if lumisections else ''}"
    return html.Div(
        [
            html.Dt(each.value),
            html.Dd(
                [html.Strong(f"{invpb:,.1f} "), html.Span("pb⁻¹", className="unit"), f" · {lumisections:,} LS"]
            ),
            html.Dd(_WHY[each], className="dim"),
        ],
        className=css,
    )


def _by_column(found: Comparison) -> html.Div:
    others = [each for each in ORDER if each is not Outcome.AGREED]
    heads = ["column", "as decided", "", "rules alone", "LS", *(f"{each.value}, pb⁻¹" for each in others)]
    lines = [
        html.Tr(
            [
                html.Th(column, scope="row"),
                html.Td(bar(mine.agreed, rules.agreed)),
                html.Td(percent(mine.agreed), className="num"),
                html.Td(percent(rules.agreed), className="num dim"),
                html.Td(f"{mine.decided:,}", className="num"),
                *[html.Td(f"{mine.recorded_invpb[each]:,.1f}", className=_css(mine, each)) for each in others],
            ]
        )
        for column, (mine, rules) in found.columns.items()
    ]
    return _framed(heads, lines, 2)


def _css(score: Score, each: Outcome) -> str:
    return f"num is-{each.name.lower()} is-some" if score.lumisections[each] else "num dim"


def _framed(heads: Sequence[str], lines: Sequence[html.Tr], plain: int) -> html.Div:
    """Return a table; the first columns are words, the others numbers."""
    top = [html.Th(each, className="num" if n >= plain else "") for n, each in enumerate(heads)]
    table = html.Table([html.Thead(html.Tr(top)), html.Tbody(lines)])
    return html.Div(table, className="training-table")


def _by_dataset(found: Comparison) -> html.Div:
    columns = list(found.columns)
    lines = [
        html.Tr([html.Th(_run(each), scope="row"), *[_cell(each, column) for column in columns]])
        for each in found.datasets
    ]
    top = html.Tr([html.Th("run"), *[html.Th(column) for column in columns]])
    table = html.Table([html.Thead(top), html.Tbody(lines)], className="training-matrix")
    return html.Div(table, className="training-table")


def _run(each: Compared | Difference) -> dcc.Link:
    return dcc.Link(str(each.run_number), href=f"/runs/{each.run_number}", title=each.dataset)


def _cell(each: Compared, column: str) -> html.Td:
    cell = each.cells[column]
    n = cell.score.decided - cell.score.lumisections[Outcome.AGREED]
    words = f"{column} of run {each.run_number}: {cell.worst.value}" + (f", {n} LS differ" if n else "")
    shown = _GLYPHS[cell.worst] + (f" {n:,}" if n else "")
    return html.Td(
        shown if cell.score.decided else "",
        className=f"is-{cell.worst.name.lower()}{' is-some' if n else ''}",
        title=words if cell.score.decided else f"nobody decided on {column} of run {each.run_number}",
    )


def _legend() -> html.P:
    words = " · ".join(f"{_GLYPHS[each]} {each.value}" for each in (Outcome.AGREED, *ORDER[:-1]))
    return html.P(f"{words}; the number is of lumisections that differ", className="dim")


def _differences(of: Kept, found: Comparison) -> list[Any]:
    if not found.differences:
        return [html.P("Nothing: you decided as the certifiers did, on every lumisection.")]
    shown = found.differences[:_MOST]
    lines = [
        html.Tr(
            [
                html.Td(_run(each)),
                html.Td(each.column),
                html.Td(_strip(of, each), title=each.dataset, className="is-lumisections"),
                html.Td(_status(each.yours)),
                html.Td(_status(each.decided)),
                html.Td(f"{each.recorded_invpb:,.2f}", className="num"),
                html.Td(each.outcome.value, className=f"is-{each.outcome.name.lower()} is-some"),
                html.Td(each.author),
                html.Td(", ".join(filter(None, (each.cause, each.comment))) or "–", className="is-words"),
            ]
        )
        for each in shown
    ]
    heads = ("run", "column", "lumisections", "you", "decided", "pb⁻¹", "", "by", "why")
    top = html.Tr([html.Th(each, className="num" if each == "pb⁻¹" else "") for each in heads])
    table = html.Table([html.Thead(top), html.Tbody(lines)])
    left = len(found.differences) - len(shown)
    more = html.P(f"and {left:,} more with less luminosity", className="dim") if left > 0 else None
    return [html.Div(table, className="training-table"), more]


def _strip(of: Kept, each: Difference) -> dcc.Link:
    """Return where a difference is seen among its lumisections."""
    run, first, last = each.run_number, each.ranges[0].first, each.ranges[-1].last
    asked = {"stage": of.question.stage.value, "runs": f"{run}-{run}", "ls": f"{first}-{last}"}
    href = f"/certify/{of.question.workspace}?{urlencode({**asked, 'column': each.column})}"
    return dcc.Link(short_text(each.ranges), href=href)


def _status(status: Status) -> html.Span:
    css = f"training-status is-{status.name.lower()}"
    return html.Span([html.B(LETTER[status]), f" {status.name}"], className=css)
